import module from 'node:module'
import { fileURLToPath } from 'node:url'

/**
 * Preloaded by `npm start` (`node --import`): keeps what Node makes of the TypeScript files, so that a start neither
 * strips types nor loads the compiler for it. It is JavaScript because it would otherwise need that compiler itself.
 * See docs/decisions/0004-compile-cache.md.
 */
module.enableCompileCache?.(fileURLToPath(new URL('../node_modules/.cache/gatehouse', import.meta.url)))

import type { Container } from '../container.ts'

/** Does the work of a command, and closes what it needed. */
export type WithContainer = (work: (container: Container) => Promise<void>) => Promise<void>

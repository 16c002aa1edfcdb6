/**
 * Run after an install with compile-cache.js preloaded, so that the first start is as light as every later one. Without it
 * all works the same, only heavier; so nothing that goes wrong here (an old Node, no optional packages) is a reason for an
 * install to fail. The server itself says what is missing, when it is started.
 */
await import('./warm.ts').then(({ warm }) => warm()).catch(() => undefined)

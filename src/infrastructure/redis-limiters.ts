import { RateLimiterRedis } from 'rate-limiter-flexible'
import type { Log } from './log.ts'
import type { MakeLimiter } from './rate-limit-store.ts'

const CONNECT_MS = 2_000
const ANSWER_MS = 1_000

export type RedisLimiters = ReturnType<typeof createRedisLimiters>

/** Limits that nodes share through Redis. Its client is loaded only here: nobody else pays its 30 MB. */
export function createRedisLimiters(url: string, log: Log) {
  const loaded = load(url, log)

  return { make, start, close }

  function make(options: Parameters<MakeLimiter>[0]): RateLimiterRedis {
    const keyPrefix = `gatehouse:${options.keyPrefix}`
    return new RateLimiterRedis({ ...options, keyPrefix, storeClient: { eval: evaluate }, useRedisPackage: true })
  }

  /** Connects, and again by itself whenever the connection is lost. A server starts without it, too. */
  async function start(): Promise<void> {
    await within(CONNECT_MS, (await loaded).connect()).catch(() => undefined)
  }

  async function close(): Promise<void> {
    const client = await loaded
    if (client.isOpen) client.destroy()
  }

  async function evaluate(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown> {
    return within(ANSWER_MS, (await loaded).eval(script, options))
  }
}

async function load(url: string, log: Log) {
  const { createClient } = await import('@redis/client')
  const client = createClient({
    url,
    disableOfflineQueue: true,
    socket: { connectTimeout: CONNECT_MS, reconnectStrategy: (retries) => Math.min(50 * 2 ** retries, 1_000) },
  })
  client.on('error', (error: unknown) => log.debug({ err: error }, 'redis: no connection'))
  return client
}

async function within<T>(ms: number, answer: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error(`Redis did not answer within ${ms} ms.`)), ms)
  // Whichever loses the race is nobody's any more.
  answer.catch(() => undefined)
  return Promise.race([answer, late.promise]).finally(() => clearTimeout(timer))
}

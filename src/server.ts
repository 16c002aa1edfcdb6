import dotenv from 'dotenv'
import { ConfigError, readConfig } from '../config/env.ts'
import { explain } from './explain.ts'
import { createLog } from './infrastructure/log.ts'
import { start } from './start.ts'
import { welcome } from './welcome.ts'

const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

// Importing it does nothing: the install does, to warm the compile cache.
if (import.meta.main) await main()

async function main(): Promise<void> {
  try {
    dotenv.config({ quiet: true })
    await run()
  } catch (error) {
    process.stderr.write(`${explain(error)}\n`)
    process.exit(error instanceof ConfigError ? 2 : 1)
  }
}

async function run(): Promise<void> {
  const config = readConfig(process.env)
  const log = createLog({ level: config.logLevel, readable: process.stdout.isTTY })
  const starting = start(config, log)
  let stopping = false
  for (const signal of STOP_SIGNALS) process.on(signal, stop)
  process.on('uncaughtException', (error) => {
    log.fatal({ err: error }, 'uncaught exception')
    process.exitCode = 1
    stop()
  })
  const { url, newAdmin } = await starting
  if (newAdmin) process.stdout.write(welcome(url, newAdmin))

  function stop(): void {
    // Ctrl-C arrives twice, from the terminal and again from npm. The way down is bounded, so nobody has to press.
    if (stopping) return
    stopping = true
    log.info('stopping')
    starting
      .then((server) => server.stop())
      .then(() => process.exit())
      .catch((error: unknown) => {
        log.fatal({ err: error }, 'stopping failed')
        process.exit(1)
      })
  }
}

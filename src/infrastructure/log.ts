import { type DestinationStream, type Logger, pino } from 'pino'
import pretty from 'pino-pretty'

export type Log = Logger

export interface LogOptions {
  level: string
  /** Colours and short lines for a person at a terminal, instead of JSON. */
  readable: boolean
}

/** JSON lines with the time in ISO 8601 UTC. `destination` is standard output where it is left out. */
export function createLog({ level, readable }: LogOptions, destination?: DestinationStream): Log {
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime }
  if (readable) return pino(options, pretty({ sync: true, singleLine: true, translateTime: 'SYS:HH:MM:ss' }))
  return destination ? pino(options, destination) : pino(options)
}

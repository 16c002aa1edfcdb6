import type { Clock } from '../services/clock.ts'

export const systemClock: Clock = { now: () => new Date() }

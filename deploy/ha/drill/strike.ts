import { freezeOne, killOne, startOne } from '../trial/cluster.ts'
import type { Machine } from '../trial/layout.ts'
import type { Trial } from '../trial/trial.ts'

/** What becomes of the primary: all of its machine gone, all of it silent, or one of its programs gone. */
export const WAYS = ['machine killed', 'machine frozen', 'postgres killed', 'patroni killed'] as const
export type Way = (typeof WAYS)[number]

/** Whole machines more often than parts of them: that is what takes longest. */
const IN_TURN: readonly Way[] = [
  'machine killed',
  'machine frozen',
  'machine killed',
  'postgres killed',
  'machine killed',
  'patroni killed',
]

export const wayOf = (index: number): Way => IN_TURN[index % IN_TURN.length] ?? 'machine killed'

const BLOWS: Record<Way, (trial: Trial, machine: Machine) => Promise<void>> = {
  'machine killed': (trial, machine) => killOne(trial, machine),
  'machine frozen': freezeOne,
  'postgres killed': (trial, machine) => killOne(trial, machine, 'postgres'),
  'patroni killed': (trial, machine) => killOne(trial, machine, 'patroni'),
}

export const strike = (trial: Trial, machine: Machine, way: Way): Promise<void> => BLOWS[way](trial, machine)

/** Where PostgreSQL alone was killed, its Patroni starts it again. */
export const isReplacedAfter = (way: Way): boolean => way !== 'postgres killed'

/** Starts what is gone, and lets go on what is frozen: it still takes itself for the primary. */
export const revive = (trial: Trial, machine: Machine): Promise<void> => startOne(trial, machine)

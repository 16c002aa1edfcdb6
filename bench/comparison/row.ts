import type { Site } from './site.ts'

/** What stands beside each other in the table. */
export type ContestantName =
  | 'Gatehouse'
  | 'bare node:http'
  | 'bare Express'
  | 'Express, one query'
  | 'one core of ES256'
  | 'pure bcrypt'
  | 'Better Auth'
  | 'Better Auth, bcrypt'
  | 'Better Auth, cookie cache'
  | 'Better Auth, in process'
  | 'Better Auth, in process, cookie cache'
  | 'Better Auth, extending'
  | 'tutorial'
  | 'its own login'
  | '1,000 users'

/** A question of the comparison, asked of everybody who can answer it in the same rounds. */
export interface Row {
  /** `npm run bench -- NAME`. Rows that belong together share one. */
  name: string
  title: string
  /** How long one measurement of one contestant takes. */
  seconds: number
  /** Where not as many as of every other. */
  rounds?: number
  figures: readonly Figure[]
  /** Whom to measure, Gatehouse first. What is started for this row only is left to `uses`. */
  open(site: Site, uses: AsyncDisposableStack): Promise<Contestant[]>
}

/** One of the things that a measurement tells. */
export interface Figure {
  key: string
  /** Behind the row's title, where it has several. */
  title?: string
  unit: string
  goals: readonly Goal[]
}

/** What Gatehouse's median has to be: by itself, or as a multiple of another's in the same round. */
export interface Goal {
  beside?: ContestantName
  atLeast?: number
  atMost?: number
}

export interface Contestant {
  name: ContestantName
  measure(seconds: number): Promise<Sample>
}

/** By the key of the figure. A contestant can leave out those that it does not have. */
export type Sample = Readonly<Record<string, Reading>>

export interface Reading {
  value: number
  processor?: Processor
}

/** What a server's process needed, its threads included. */
export interface Processor {
  microsecondsEach: number
  coresBusy: number
}

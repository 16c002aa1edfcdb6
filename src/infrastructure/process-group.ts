import cluster, { type Worker } from 'node:cluster'
import type { Log } from './log.ts'
import type { FromWorker, ToWorker } from './process-messages.ts'

export interface ProcessGroupOptions {
  size: number
  /** The first that each process is told. */
  begin: () => ToWorker
  onMessage: (message: FromWorker, pid: number) => void
  /** Behind its last message. */
  onGone: (pid: number) => void
  /** A process that has not ended by then is killed. */
  drainSeconds: number
  log: Log
}

interface Member {
  worker: Worker
  startedAt: number
  isLeaving: boolean
  /** Whether it came to serve before it ended. */
  ready: Promise<boolean>
  gone: Promise<Exit>
}

interface Exit {
  code: number
  signal: string | null
}

/** A process that ended sooner has failed, and so may the next. */
const STABLE_MS = 30_000
const FIRST_DELAY_MS = 100
const LAST_DELAY_MS = 30_000

/** What processes of a group could not do: the reason was said by the one that failed. */
export class ProcessFailed extends Error {
  override readonly name = 'ProcessFailed'
  readonly exitCode: number

  constructor(exitCode: number) {
    super('A worker process ended before it could serve.')
    this.exitCode = exitCode
  }
}

/** Keeps so many copies of this process serving one port (node:cluster), until it is stopped. */
export function createProcessGroup(options: ProcessGroupOptions) {
  const { size, begin, onMessage, onGone, drainSeconds, log } = options
  const members = new Set<Member>()
  let failures = 0
  let restarts = 0
  let refilling: NodeJS.Timeout | undefined
  let isStopping = false
  let rolling: Promise<boolean> | null = null
  let isRollWanted = false

  return { start, roll, stop, broadcast, counts }

  /** Throws `ProcessFailed` where one of the first processes does not come to serve. */
  async function start(): Promise<void> {
    // Alone: it finds out whether the port is free, and brings the database up to date.
    await requireReady(add())
    await Promise.all(Array.from({ length: size - 1 }, () => requireReady(add())))
  }

  /**
   * Replaces each process by a new one, which reads code and configuration anew: one after the other, and the old one
   * leaves when the new one serves. Where a new one does not come to serve, the others stay, and it gives false.
   */
  function roll(): Promise<boolean> {
    isRollWanted = true
    rolling ??= rollWhileWanted().finally(() => {
      rolling = null
    })
    return rolling
  }

  async function stop(signal: 'SIGINT' | 'SIGTERM'): Promise<void> {
    isStopping = true
    clearTimeout(refilling)
    await Promise.all([...members].map((member) => end(member, () => member.worker.process.kill(signal))))
  }

  /** Tells all that are there, and gives who that is. */
  function broadcast(message: ToWorker): number[] {
    const reached = [...members].filter(({ worker }) => worker.isConnected())
    for (const { worker } of reached) tell(worker, message)
    return reached.map(pidOf)
  }

  function counts(): { processes: number; restarts: number } {
    return { processes: present().length, restarts }
  }

  async function rollWhileWanted(): Promise<boolean> {
    let isComplete = true
    while (isRollWanted && !isStopping) {
      isRollWanted = false
      isComplete = await replaceAll(present())
    }
    return isComplete
  }

  async function replaceAll(olds: readonly Member[]): Promise<boolean> {
    for (const old of olds) {
      if (isStopping || !(await replace(old))) return false
    }
    return true
  }

  async function replace(old: Member): Promise<boolean> {
    if (!(await add().ready)) return false
    old.isLeaving = true
    await end(old, () => tell(old.worker, { kind: 'leave' }))
    return true
  }

  async function end(member: Member, ask: () => void): Promise<void> {
    ask()
    const killing = setTimeout(() => member.worker.process.kill('SIGKILL'), drainSeconds * 1000)
    await member.gone
    clearTimeout(killing)
  }

  function add(): Member {
    const worker = cluster.fork()
    const gone = exitOf(worker)
    const ready = new Promise<boolean>((resolve) => {
      worker.on('message', ({ kind }: FromWorker) => kind === 'ready' && resolve(true))
      void gone.then(() => resolve(false))
    })
    const member = { worker, startedAt: performance.now(), isLeaving: false, ready, gone }
    members.add(member)
    worker.on('message', (message: FromWorker) => onMessage(message, pidOf(member)))
    void gone.then((exit) => {
      members.delete(member)
      whenHeard(worker, () => onGone(pidOf(member)))
      if (!isStopping && !member.isLeaving) replaceLost(member, exit)
    })
    tell(worker, begin())
    return member
  }

  async function requireReady({ ready, gone }: Member): Promise<void> {
    if (!(await ready)) throw new ProcessFailed((await gone).code || 1)
  }

  /** The sooner they end, the later they are replaced. Those that fall together count once. */
  function replaceLost(member: Member, { code, signal }: Exit): void {
    log.error({ pid: pidOf(member), code, signal }, 'a worker process ended by itself')
    if (refilling || present().length >= size) return
    failures = performance.now() - member.startedAt < STABLE_MS ? failures + 1 : 0
    const delay = failures === 0 ? 0 : Math.min(FIRST_DELAY_MS * 2 ** (failures - 1), LAST_DELAY_MS)
    refilling = setTimeout(refill, delay)
  }

  function refill(): void {
    refilling = undefined
    while (present().length < size) {
      restarts += 1
      add()
    }
  }

  function present(): Member[] {
    return [...members].filter(({ isLeaving }) => !isLeaving)
  }
}

const pidOf = ({ worker }: Member): number => worker.process.pid ?? 0

function exitOf(worker: Worker): Promise<Exit> {
  return new Promise((resolve) => {
    worker.on('exit', (code, signal) => resolve({ code, signal }))
    worker.on('error', () => {
      // It was never there, so it does not end either.
      if (worker.process.pid === undefined) resolve({ code: 1, signal: null })
    })
  })
}

/** What a process has said last may arrive behind its end. */
function whenHeard(worker: Worker, act: () => void): void {
  if (worker.isConnected()) worker.once('disconnect', act)
  else act()
}

/** Whoever has just ended hears nothing any more. */
function tell(worker: Worker, message: ToWorker): void {
  worker.send(message, undefined, () => undefined)
}

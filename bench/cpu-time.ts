import { readdirSync, readFileSync } from 'node:fs'

/** Linux counts in hundredths of a second (USER_HZ), whatever its clock does. */
const TICKS_PER_SECOND = 100

interface ProcessStat {
  pid: number
  parent: number
  seconds: number
}

/** The processor seconds that a process and its descendants have used so far, of those whose command line has `part`. */
export function cpuSeconds(root: number, part: string): number {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap(statOf)
  return descendants(root, all)
    .filter(({ pid }) => read(`/proc/${pid}/cmdline`).includes(part))
    .reduce((sum, { seconds }) => sum + seconds, 0)
}

/** The processor seconds that one process has used so far, all its threads together. */
export function processSeconds(pid: number): number {
  const [stat] = statOf(String(pid))
  if (!stat) throw new Error(`There is no process ${pid} any more.`)
  return stat.seconds
}

/** The seconds that all processors together had nothing to do. */
export function idleSeconds(): number {
  const [, , , , idle] = read('/proc/stat').split(/\s+/)
  return Number(idle) / TICKS_PER_SECOND
}

function descendants(root: number, all: readonly ProcessStat[]): ProcessStat[] {
  const children = all.filter(({ parent }) => parent === root)
  return children.flatMap((child) => [child, ...descendants(child.pid, all)])
}

function statOf(name: string): ProcessStat[] {
  // Behind the name of the program, which can hold anything: state, parent, … and from the 12th on the times.
  const fields = read(`/proc/${name}/stat`).split(') ').at(-1)?.split(' ') ?? []
  if (fields.length < 13) return []
  const seconds = (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
  return [{ pid: Number(name), parent: Number(fields[1]), seconds }]
}

/** Empty where the process has just ended. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

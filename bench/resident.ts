import { readFile } from 'node:fs/promises'

const BYTES_PER_KB = 1024

/** The memory of a process that is in RAM, in megabytes of a million bytes. Linux only. */
export async function residentMb(pid: number): Promise<number> {
  const [, kilobytes] = /VmRSS:\s+(\d+) kB/.exec(await readFile(`/proc/${pid}/status`, 'utf8')) ?? []
  return (Number(kilobytes) * BYTES_PER_KB) / 1e6
}

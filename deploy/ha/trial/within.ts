import { setTimeout as wait } from 'node:timers/promises'

const LOOK_AGAIN_MS = 250

/** Asks again until it holds. What cannot be asked does not hold yet. */
export async function within(
  seconds: number,
  what: string,
  holds: () => Promise<boolean>,
  explain: () => string = () => '',
): Promise<void> {
  const deadline = Date.now() + seconds * 1000
  while (!(await holds().catch(() => false))) {
    if (Date.now() > deadline) throw new Error(`Not within ${seconds} s: ${what}.\n${explain()}`)
    await wait(LOOK_AGAIN_MS)
  }
}

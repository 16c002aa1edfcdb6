import { setTimeout as wait } from 'node:timers/promises'
import bcrypt from 'bcrypt'

/** Hashes or compares for a while, and writes how many a second it was. See bcrypt-per-second.ts. */
const { WORK, COST, SECONDS, CONCURRENCY } = process.env
const cost = Number(COST)
const password = 'correct horse battery staple'
const hashed = await bcrypt.hash(password, cost)
const work = WORK === 'hash' ? () => bcrypt.hash(password, cost) : () => bcrypt.compare(password, hashed)

let done = 0
let goesOn = true
const lanes = Array.from({ length: Number(CONCURRENCY) }, workOn)

// Counted once all cores are busy, and while they still are: no beginning and no end is in the figure.
await wait(500)
const doneBefore = done
const startedAt = performance.now()
await wait(Number(SECONDS) * 1000)
process.stdout.write(String((done - doneBefore) / ((performance.now() - startedAt) / 1000)))
goesOn = false
await Promise.all(lanes)

async function workOn(): Promise<void> {
  while (goesOn) {
    await work()
    done += 1
  }
}

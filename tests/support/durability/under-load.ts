import { randomInt } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type { OwnPostgres } from '../own-postgres.ts'
import { act } from './client.ts'
import { type Ledger, newLedger } from './ledger.ts'
import type { OwnSite, Site } from './site.ts'

/** From one disturbance to the next, in changes that are acknowledged meanwhile: so it is a load on any machine. */
const MOST_CHANGES = 60
const LOOK_AGAIN_MS = 7

/** Lets clients act at each site while something is done to it, and gives what they were promised. */
export async function underLoad(
  sites: readonly Site[],
  clientsAtEach: number,
  disturb: (ledger: Ledger) => Promise<unknown>,
): Promise<Ledger> {
  const ledger = newLedger()
  let isOver = false
  const clients = sites.flatMap((site) => Array.from({ length: clientsAtEach }, () => act(site, ledger, () => isOver)))
  try {
    await disturb(ledger)
  } finally {
    isOver = true
    await Promise.all(clients)
  }
  return ledger
}

/** Kills a server (SIGKILL) at random moments. */
export async function killAgainAndAgain(site: OwnSite, times: number, ledger: Ledger): Promise<void> {
  for (let kill = 0; kill < times; kill++) {
    await someMoreChanges(ledger)
    await site.kill()
  }
}

/** Stops PostgreSQL immediately at random moments, and starts it again. */
export async function stopAgainAndAgain(postgres: OwnPostgres, times: number, ledger: Ledger): Promise<void> {
  for (let stop = 0; stop < times; stop++) {
    await someMoreChanges(ledger)
    await postgres.stopImmediately()
    await postgres.start()
  }
}

async function someMoreChanges(ledger: Ledger): Promise<void> {
  const enough = ledger.acknowledged + randomInt(1, MOST_CHANGES)
  while (ledger.acknowledged < enough) await wait(randomInt(1, LOOK_AGAIN_MS))
}

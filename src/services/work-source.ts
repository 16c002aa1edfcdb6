import { networkOf } from './network.ts'
import type { Origin } from './origin.ts'

/** Whose work it is: networks take turns, and neither an account nor a network can have all that waits. */
export interface WorkSource {
  account: string
  network: string
}

/** What the server does by itself. */
export const OWN_WORK: WorkSource = { account: '', network: '' }

export const workOf = (account: string, { ip }: Origin): WorkSource => ({ account, network: networkOf(ip) })

/** Of somebody who is known already: others in the same network do not stand before them. */
export const workOfKnown = (account: string, proof: string): WorkSource => ({ account, network: `known ${proof}` })

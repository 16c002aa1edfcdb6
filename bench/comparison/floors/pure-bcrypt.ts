import { bcryptPerSecond } from '../../peers/bcrypt-per-second.ts'
import { AT_ONCE } from '../posters.ts'
import type { Contestant } from '../row.ts'
import { HASH_COST } from '../running-gatehouse.ts'

/** The package alone on all cores, at the cost that Gatehouse hashes with; counted as the row's figure `key`. */
export function pureBcrypt(work: 'hash' | 'compare', key: string): Contestant {
  return {
    name: 'pure bcrypt',
    async measure(seconds) {
      return { [key]: { value: await bcryptPerSecond({ work, cost: HASH_COST, seconds, concurrency: AT_ONCE }) } }
    },
  }
}

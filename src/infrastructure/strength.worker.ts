import { ZxcvbnFactory } from '@zxcvbn-ts/core'
import { adjacencyGraphs, dictionary as common } from '@zxcvbn-ts/language-common'
import { dictionary as english } from '@zxcvbn-ts/language-en'

/**
 * The two bounds keep the worst input below a tenth of a second; with the library's own (256, 100) it takes two
 * seconds. A longer password is judged by its beginning.
 */
const zxcvbn = new ZxcvbnFactory({
  dictionary: { ...common, ...english },
  graphs: adjacencyGraphs,
  maxLength: 64,
  l33tMaxSubstitutions: 10,
})

/** zxcvbn's score from 0 to 4, where the context words (email, name) count as known to whoever guesses. */
export function score({ password, context }: { password: string; context: string[] }): number {
  return zxcvbn.check(password, context).score
}

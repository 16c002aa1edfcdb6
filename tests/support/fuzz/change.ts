import type fc from 'fast-check'
import type { Draft } from './draft.ts'

export type Change = (draft: Draft) => Draft

/** Changes that a drawn value each decides. */
export const changesBy = <T>(
  values: fc.Arbitrary<T>,
  change: (draft: Draft, value: T) => Draft,
): fc.Arbitrary<Change> => values.map((value) => (draft) => change(draft, value))

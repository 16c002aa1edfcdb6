import type { Answer } from '../peers/answer.ts'
import { signIn } from './accounts.ts'
import { answerTo, type Read, reader } from './readers.ts'
import type { Row } from './row.ts'
import { sessionChecks } from './session-checks.ts'

export interface ReadRow {
  name: string
  title: string
  path: string
  /** Where the floor, which knows nobody, reads what Gatehouse answered. */
  floorPathOf(answer: Answer): string
}

/** What is read from the database for whoever is signed in. */
export function readRow({ name, title, path, floorPathOf }: ReadRow): Row {
  return {
    name,
    title,
    seconds: 3,
    figures: [
      {
        key: 'rate',
        unit: 'a second',
        goals: [
          { beside: 'Express, one query', atLeast: 0.7 },
          { beside: 'Better Auth', atLeast: 5 },
        ],
      },
    ],
    async open(site) {
      const [gatehouse, tutorial] = [await site.gatehouse(), await site.tutorial()]
      const read: Read = { path, headers: await signIn(gatehouse), expected: 200 }
      const floorPath = floorPathOf(await answerTo(gatehouse.port, read))
      return [
        reader('Gatehouse', gatehouse, read),
        reader('Express, one query', await site.expressQuery(), { ...read, path: floorPath }),
        ...(await sessionChecks(site)),
        reader('tutorial', tutorial, { ...read, headers: await signIn(tutorial) }),
      ]
    },
  }
}

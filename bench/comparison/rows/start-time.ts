import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { measureStart } from '../../measure-start.ts'
import type { Row } from '../row.ts'

/** `npm start` with the database embedded and its data there, npm's own time included. */
export const startTime: Row = {
  name: 'start-time',
  title: 'start to ready, embedded, data present',
  seconds: 1,
  figures: [{ key: 'ready', unit: 's', goals: [{ atMost: 1.5 }] }],
  async open(_site, uses) {
    const dataDir = await mkdtemp(join(tmpdir(), 'gatehouse-bench-'))
    uses.defer(() => rm(dataDir, { recursive: true, force: true }))
    await measureStart(dataDir)
    return [
      {
        name: 'Gatehouse',
        measure: async () => ({ ready: { value: (await measureStart(dataDir)).readyMs / 1000 } }),
      },
    ]
  },
}

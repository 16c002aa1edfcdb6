import { readFile, writeFile } from 'node:fs/promises'
import { registerAccounts } from './profile/accounts.ts'
import { costsOf } from './profile/costs.ts'
import { startProfiledServer } from './profile/profiled-server.ts'
import { runUndisturbed } from './profile/real-time.ts'
import { BY_HAND, reportOf, sectionOf } from './profile/report.ts'
import { ROUTES } from './profile/routes.ts'

const FILE = new URL('profile.md', import.meta.url)

/** What a request costs, layer by layer, kept as profile.md. */
export async function run(): Promise<string> {
  await using server = await startProfiledServer()
  const accounts = await registerAccounts(server.port)
  // Only now that there are threads that hash, which are not to have it.
  await runUndisturbed(server.pid)
  const sections: string[] = []
  for (const { title, open } of ROUTES) {
    const asked = await open(server, accounts)
    sections.push(sectionOf(title, await costsOf(server, asked)))
  }
  await writeFile(FILE, reportOf(sections, await writtenByHand()))
  return sections.join('\n\n')
}

/** What a person has written into the last report stays. */
async function writtenByHand(): Promise<string> {
  const before = await readFile(FILE, 'utf8').catch(() => '')
  const start = before.indexOf(BY_HAND)
  return start === -1 ? BY_HAND : before.slice(start)
}

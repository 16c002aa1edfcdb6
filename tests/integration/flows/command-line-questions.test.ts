import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { loggedIn, loggedInAdmin, registered } from '../../support/accounts.ts'
import { cliEnvironment } from '../../support/cli.ts'
import { createdRole } from '../../support/roles.ts'
import { onTerminal, type Typed } from '../../support/terminal.ts'
import { PASSWORD, serverOfThisFile } from '../../support/test-server.ts'

const NEW_PASSWORD = 'a walrus reads under seven lamps'

describe('what the command line asks on a terminal', async () => {
  const server = await serverOfThisFile()
  const env = { ...cliEnvironment(server.database), LOG_LEVEL: 'trace' }
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-terminal-'))
  after(() => rm(folder, { recursive: true, force: true }))
  let runs = 0

  async function run(args: readonly string[], ...typed: Typed[]) {
    const outputFile = join(folder, String(runs++))
    const { code, screen } = await onTerminal(args, env, { typed, outputFile })
    return { code, screen, output: await readFile(outputFile, 'utf8') }
  }

  const exists = async (id: string) => (await server.database.count(`users WHERE id = '${id}'`)) === 1

  it('is a password, twice, which is not shown', async () => {
    const [ada, bob, eve, joe] = await Promise.all([1, 2, 3, 4].map(() => registered(server)))
    assert.ok(ada && bob && eve && joe)
    const set = (email: string, ...keys: string[]) => {
      const shown = [`New password for ${email}: `, 'The same again: ']
      return run(['user', 'set-password', email], ...keys.map((key, index) => [shown[index] ?? '', key] as const))
    }
    const [good, different, cut, closed] = await Promise.all([
      // A key that was wrong is taken back.
      set(ada.email, `${NEW_PASSWORD}x\u007f\r`, `${NEW_PASSWORD}\r`),
      set(bob.email, `${NEW_PASSWORD}\r`, `${NEW_PASSWORD}.\r`),
      set(eve.email, `${NEW_PASSWORD}\r`, '\u0003'),
      set(joe.email, '\u0004'),
    ])
    assert.deepEqual([good.code, good.output], [0, `${ada.email} has the new password; 1 session ended.\n`])
    assert.deepEqual(
      good.screen.split(/\r?\n/),
      [`New password for ${ada.email}: `, 'The same again: ', ''],
      JSON.stringify(good.screen),
    )
    await loggedIn(server, ada.email, NEW_PASSWORD)

    assert.deepEqual([different.code, different.output], [1, ''])
    assert.match(different.screen, /The two passwords are not the same\.\r\n$/)
    assert.deepEqual([cut.code, cut.output], [130, ''])
    assert.match(cut.screen, /again: \r\nInterrupted\.\r\n$/)
    assert.deepEqual([closed.code, closed.output], [1, ''])
    assert.match(closed.screen, /Nothing was answered, so nothing was done\.\r\n$/)
    for (const { email } of [bob, eve, joe]) await loggedIn(server, email, PASSWORD)
    for (const { screen, output } of [good, different, cut, closed]) {
      assert.ok(!`${screen}${output}`.includes(NEW_PASSWORD.slice(0, 8)))
    }
  })

  it('is whether to do what cannot be undone', async () => {
    const admin = await loggedInAdmin(server)
    const [yes, no, cut] = await Promise.all([1, 2, 3].map(() => registered(server)))
    assert.ok(yes && no && cut)
    const role = await createdRole(server, admin)
    await server.send('PUT', `/users/${no.id}/roles/${role}`, { token: admin.token })
    const [deleted, kept, interrupted, roleKept] = await Promise.all([
      run(['user', 'delete', yes.email], [`Delete ${yes.email}, which cannot be undone? [y/N] `, 'y\r']),
      run(['user', 'delete', no.email], ['[y/N] ', '\r']),
      run(['user', 'delete', cut.email, '--json'], ['[y/N] ', 'y\u0003']),
      run(
        ['role', 'delete', role],
        [`Delete the role ${role} and take it from 1 user, which cannot be undone?`, 'n\r'],
      ),
    ])
    assert.deepEqual([deleted.code, deleted.output], [0, `${yes.email} is deleted.\n`])
    assert.deepEqual([kept.code, kept.output], [1, ''])
    assert.match(kept.screen, /Nothing was done\.\r\n$/)
    assert.deepEqual([interrupted.code, interrupted.output], [130, ''])
    assert.match(interrupted.screen, /\{"error":\{"code":"interrupted","message":"Interrupted\."\}\}\r\n$/)
    assert.equal(roleKept.code, 1)
    assert.deepEqual([await exists(yes.id), await exists(no.id), await exists(cut.id)], [false, true, true])
    assert.equal(await server.database.count(`roles WHERE name = '${role}'`), 1)
  })
})

import assert from 'node:assert/strict'
import { resolve } from 'node:path'
import { describe, it } from 'node:test'
import type { Command } from 'commander'
import { resolveFile } from '../../../src/commands/file-argument.ts'
import type { Operations } from '../../../src/commands/operations.ts'
import { createProgram } from '../../../src/commands/program.ts'
import { runCli } from '../../support/cli.ts'

const unused = () => Promise.reject(new Error('A declaration does no work.'))
const OPERATIONS: Operations = {
  withContainer: unused,
  migrateDatabase: unused,
  listChanges: unused,
  moveDatabase: unused,
  importUsers: unused,
}

const program = createProgram(OPERATIONS)
const everyCommand = (command: Command): Command[] => [command, ...command.commands.flatMap(everyCommand)]
const isLeaf = (command: Command) => command.commands.length === 0
const nameOf = (command: Command): string =>
  (command.parent ? `${nameOf(command.parent)} ${command.name()}` : '').trim()

function helpOf(command: Command): string {
  const written: string[] = []
  command.configureOutput({ writeOut: (text) => written.push(text) }).outputHelp()
  return written.join('')
}

/** The words of an example behind the program, as a shell would give them. */
function examplesOf(command: Command): string[][] {
  return [...helpOf(command).matchAll(/^ {2}\$ .*npm run (?:--silent )?gatehouse -- ([^|>)&\n]+)/gm)].map(
    ([, words = '']) =>
      [...words.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
        ([, double, single, bare]) => double ?? single ?? bare ?? '',
      ),
  )
}

describe('the command line', () => {
  const leaves = everyCommand(program).filter(isLeaf)

  it('has every command that it should', () => {
    const expected = `admin grant, user create, user list, user show, user disable, user enable, user delete, user set-password, role list,
      role create, role delete, role grant, role revoke, session list, session end, keys list, keys rotate, audit list, audit verify,
      audit export, db status, db migrate, db move, completion`
    const names = leaves.map(nameOf)
    for (const name of expected.split(/,\s+/)) assert.ok(names.includes(name), name)
  })

  for (const leaf of leaves) {
    it(`has a description, --json and examples that can be typed: ${nameOf(leaf)}`, async () => {
      assert.match(leaf.description(), /^[a-z].+[^.]$/)
      for (const { description } of [...leaf.options, ...leaf.registeredArguments]) assert.notEqual(description, '')
      assert.ok(leaf.options.some(({ long }) => long === '--json'))
      const examples = examplesOf(leaf)
      assert.ok(examples.length > 0)
      for (const words of examples) {
        let reached = ''
        const tried = createProgram(OPERATIONS)
        for (const command of everyCommand(tried).filter(isLeaf))
          command.action(() => {
            reached = nameOf(command)
          })
        await tried.parseAsync(words, { from: 'user' })
        assert.equal(reached, nameOf(leaf), words.join(' '))
      }
    })
  }

  it('describes every group, in lines that a terminal shows as they are', () => {
    for (const command of everyCommand(program)) {
      assert.notEqual(command.description(), '', nameOf(command))
      for (const line of helpOf(command).split('\n')) assert.ok(line.length <= 120, line)
    }
  })

  it('shows what is in each group, and says of an import what else becomes of accounts, roles and rejects', () => {
    assert.match(helpOf(program), /who is signed in: list, end\n/)
    const help = helpOf(program.commands.find((command) => command.name() === 'import') ?? program)
    for (const word of ['--map-role admin=', '--existing update', '--rejects', '--restart', 'cut off'])
      assert.ok(help.includes(word), word)
  })

  it('tells by its exit code what is wrong, and shows help where it is asked', async () => {
    const [help, nothing, unknown, option, inJson, configuration, conflict, role] = await Promise.all([
      runCli(['--help'], {}),
      runCli(['user'], {}),
      runCli(['user', 'lst'], {}),
      runCli(['user', 'list', '--ful'], {}),
      runCli(['user', 'list', '--limit', '0', '--json'], {}),
      runCli(['user', 'list', '--json'], { DATABASE_URL: 'x' }),
      runCli(['user', 'list', '--limit', '5', '--all'], {}),
      runCli(['import', 'csv', 'users.csv', '--map-role', 'chief=No Role'], {}),
    ])
    assert.deepEqual([help.code, help.errors], [0, ''])
    for (const word of ['DATABASE_URL', 'DATA_DIR', 'Exit codes', '130', 'npm run gatehouse -- user list'])
      assert.ok(help.output.includes(word), word)
    assert.deepEqual([nothing.code, nothing.output], [2, ''])
    assert.match(nothing.errors, /set-password/)
    assert.deepEqual([unknown.code, unknown.output], [2, ''])
    assert.equal(
      unknown.errors,
      "error: unknown command 'lst'\n(Did you mean list?)\nAdd --help to see what there is.\n",
    )
    assert.equal(option.code, 2)
    assert.deepEqual([inJson.code, JSON.parse(inJson.errors).error.code], [2, 'usage'])
    assert.deepEqual([configuration.code, JSON.parse(configuration.errors).error.code], [2, 'configuration'])
    assert.deepEqual([conflict.code, role.code], [2, 2])
    assert.match(role.errors, /--map-role .* It must begin with a letter/)
  })

  it('means a file from where its name was typed', () => {
    const npm = { npm_lifecycle_event: 'gatehouse', INIT_CWD: '/home/ada' }
    assert.equal(resolveFile('users.csv', npm), '/home/ada/users.csv')
    assert.equal(resolveFile('/tmp/users.csv', npm), '/tmp/users.csv')
    assert.equal(resolveFile('users.csv', {}), resolve('users.csv'))
    assert.equal(resolveFile('users.csv', { ...npm, npm_lifecycle_event: 'start' }), resolve('users.csv'))
  })
})

import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { promisify } from 'node:util'
import { Command, Option } from 'commander'
import { bashCompletion } from '../../../src/commands/completion/bash.ts'
import { placesOf } from '../../../src/commands/completion/places.ts'
import { zshCompletion } from '../../../src/commands/completion/zsh.ts'
import { runCli } from '../../support/cli.ts'

const run = promisify(execFile)
const hasZsh = spawnSync('sh', ['-c', 'command -v zsh']).status === 0

/** Types each line and Tab into a zsh on a terminal of its own, and waits for what its screen is to show. */
const TYPE_INTO_ZSH = `
zmodload zsh/zpty
zpty shell env TERM=dumb zsh -f -i
zpty -w shell "autoload -Uz compinit; compinit -u -D; source $1; PROMPT='> '; unsetopt beep; echo rea''dy"
zpty -r -m shell screen '*ready*'
for line pattern in "\${@[2,-1]}"; do
  zpty -w -n shell "$line"$'\\t\\t'
  zpty -r -m shell screen "*$pattern*"
  zpty -w -n shell $'\\x15'
done
print typed
`

/** What bash would offer behind the words that are given, a line each. */
const COMPLETE_IN_BASH = `
source "$1"
shift
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_gatehouse
printf '%s\\n' "\${COMPREPLY[@]}"
`

describe('the completion of gatehouse', async () => {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'gatehouse-completion-')))
  after(() => rm(folder, { recursive: true, force: true }))
  const scripts = { bash: join(folder, 'gatehouse.bash'), zsh: join(folder, 'gatehouse.zsh') }
  for (const [shell, path] of Object.entries(scripts)) {
    const { code, output, errors } = await runCli(['completion', shell], {})
    assert.deepEqual([code, errors], [0, ''])
    await writeFile(path, output)
  }

  /** What bash offers behind these words, in the test's folder. */
  async function offered(script: string, ...words: string[]): Promise<string[]> {
    const { stdout } = await run('bash', ['-c', COMPLETE_IN_BASH, 'bash', script, 'gatehouse', ...words], {
      cwd: folder,
    })
    return stdout.split('\n').filter((word) => word !== '')
  }

  it('offers commands, options and values in bash', async () => {
    const cases: [words: string[], offered: string[]][] = [
      [['us'], ['user']],
      [
        ['user', ''],
        ['create', 'list', 'show', 'disable', 'enable', 'delete', 'set-password'],
      ],
      [['user', 'list', '--st'], ['--status']],
      [
        ['user', 'list', '--status', ''],
        ['active', 'disabled'],
      ],
      [['user', 'list', '--query', ''], []],
      [['user', 'list', '--query', 'user', '--limit', '5', '--al'], ['--all']],
      [
        ['audit', 'list', '--action', 'password_'],
        ['password_changed', 'password_set'],
      ],
      [
        ['role', 'grant', 'ada@example.com', '-'],
        ['--json', '--help'],
      ],
      [
        ['completion', ''],
        ['bash', 'zsh'],
      ],
    ]
    const found = await Promise.all(cases.map(([words]) => offered(scripts.bash, ...words)))
    assert.deepEqual(
      found,
      cases.map(([, words]) => words),
    )
    assert.ok((await offered(scripts.bash, '')).includes('completion'))
    const { stdout } = await run('bash', ['-c', `source '${scripts.bash}'; complete -p gatehouse`])
    assert.match(stdout, /-F _gatehouse gatehouse/)
  })

  it('offers files where one is meant', async () => {
    const program = new Command('gatehouse')
    program.command('take').argument('<file>', 'a file').addOption(new Option('--rejects <file>', 'another'))
    const script = join(folder, 'files.bash')
    await writeFile(script, bashCompletion(placesOf(program), folder))
    await writeFile(join(folder, 'a file.csv'), '')
    assert.deepEqual(await offered(script, 'take', 'a '), ['a file.csv'])
    assert.deepEqual(await offered(script, 'take', '--rejects', 'a '), ['a file.csv'])
    assert.deepEqual(await offered(script, 'take', '--rej'), ['--rejects'])
  })

  it('defines gatehouse, which runs this command line wherever it is called', async () => {
    const checkout = join(folder, "it's here")
    await mkdir(checkout)
    const shows =
      'node -e "console.log(JSON.stringify([process.env.INIT_CWD, ...process.argv.slice(1)]));process.exitCode=3" --'
    await writeFile(join(checkout, 'package.json'), JSON.stringify({ name: 'x', scripts: { gatehouse: shows } }))
    const words = ['user', "it's", '$HOME `x` "y"', '--json']
    for (const [shell, make] of [
      ['bash', bashCompletion],
      ...(hasZsh ? [['zsh', zshCompletion] as const] : []),
    ] as const) {
      await writeFile(join(folder, 'fake'), make([], checkout))
      const failed = await run(
        shell,
        ['-c', `source "$1"; shift; gatehouse "$@"`, shell, join(folder, 'fake'), ...words],
        {
          cwd: folder,
        },
      ).catch((error: { code: number; stdout: string; stderr: string }) => error)
      assert.ok('code' in failed)
      assert.deepEqual([failed.code, JSON.parse(failed.stdout)], [3, [folder, ...words]], shell)
    }
  })

  it('offers the same in zsh, with descriptions', { skip: hasZsh ? false : 'zsh is not installed' }, async () => {
    await run('zsh', ['-n', scripts.zsh])
    const typed: [line: string, shown: string][] = [
      ['gatehouse user set', 'set-password '],
      ['gatehouse ', 'keys *-- the keys that access tokens are signed with'],
      ['gatehouse role gr', 'role grant '],
      ['gatehouse user list --st', '--status '],
      ['gatehouse user list --status di', '--status disabled '],
      ['gatehouse completion z', 'completion zsh '],
    ]
    const args = ['-f', '-c', TYPE_INTO_ZSH, 'zsh', scripts.zsh, ...typed.flat()]
    const { stdout } = await run('zsh', args, { timeout: 10_000 })
    assert.equal(stdout, 'typed\n')
  })
})

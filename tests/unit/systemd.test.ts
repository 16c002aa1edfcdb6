import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { commandOf, DRAIN_SECONDS, knownVariables, readDeployed } from '../support/deploy-files.ts'

const NAME = 'gatehouse.service'
const MOST_EXPOSED = 2

const unit = readDeployed(`deploy/systemd/${NAME}`)
const valuesOf = (key: string) => [...unit.matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map(([, value = '']) => value)

const isHere = spawnSync('systemd-analyze', ['--version']).status === 0
const skip = isHere ? false : 'systemd-analyze is not installed'

/** The unit, as it would be on a machine where Node is where this test's is. */
const folder = await mkdtemp(join(tmpdir(), 'gatehouse-unit-'))
after(() => rm(folder, { recursive: true }))
const path = join(folder, NAME)
await writeFile(path, unit.replaceAll('/usr/bin/node', process.execPath))

function analyze(...args: string[]): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync('systemd-analyze', args, { encoding: 'utf8' })
  return { status, output: stdout + stderr }
}

describe('the unit of systemd', () => {
  it('runs what the image runs', () => {
    assert.deepEqual(valuesOf('ExecStart'), [`/usr/bin/${commandOf('CMD').join(' ')}`])
  })

  it('sets variables that the server knows', () => {
    const names = valuesOf('Environment').flatMap((value) => value.split(' ').map((pair) => pair.split('=')[0] ?? ''))
    assert.ok(names.length > 0)
    for (const name of names) assert.ok(knownVariables().has(name), name)
  })

  it('leaves its first process the time to let the others finish', () => {
    assert.deepEqual(valuesOf('KillMode'), ['mixed'])
    assert.ok(Number(valuesOf('TimeoutStopSec')[0]) > DRAIN_SECONDS)
  })

  it('is one that systemd understands', { skip }, () => {
    assert.deepEqual(analyze('verify', '--man=no', path), { status: 0, output: '' })
  })

  it(`is exposed to less than ${MOST_EXPOSED} of 10`, { skip }, () => {
    const { status, output } = analyze('security', '--offline=true', `--threshold=${MOST_EXPOSED * 10}`, path)
    assert.equal(status, 0, output)
  })
})

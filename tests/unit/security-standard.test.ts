import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { OPEN_REQUIREMENTS, REQUIREMENTS } from '../support/asvs.ts'
import {
  anchorsOf,
  hasTitle,
  type NamedTest,
  type Proof,
  promiseRows,
  proofOf,
  requirementRows,
} from '../support/security-document.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const STATES = ['met', 'partly', 'not yet', 'not applicable']
const PROMISES = Array.from({ length: 14 }, (_, index) => `P${index + 1}`)

const text = readFileSync(`${ROOT}docs/security.md`, 'utf8')
const rows = requirementRows(text)
const promises = promiseRows(text)
const testFiles = globSync('tests/**/*.test.ts', { cwd: ROOT })
const listed = rows.flatMap(({ numbers, ...row }) => numbers.map((number) => ({ number, ...row })))

const isEmpty = ({ tests, links, benches }: Proof) => tests.length + links.length + benches.length === 0

/** What is wrong with the name of a test; null where it is one. */
function faultOf({ file, title }: NamedTest): string | null {
  const paths = testFiles.filter((candidate) => candidate.endsWith(`/${file}`))
  const [path] = paths
  if (path === undefined || paths.length > 1) return `${file} are ${paths.length} files: ${title}`
  return hasTitle(readFileSync(ROOT + path, 'utf8'), title) ? null : `${file} has no test: ${title}`
}

describe('docs/security.md', () => {
  it('lists every requirement once, with its level and a state', () => {
    assert.deepEqual(
      Object.fromEntries(listed.map(({ number, level }) => [number, level])),
      Object.fromEntries(REQUIREMENTS),
    )
    assert.equal(listed.length, REQUIREMENTS.size)
    for (const { number, state } of listed) assert.ok(STATES.includes(state), `${number} ${state}`)
  })

  it('has all of levels 1 and 2 met, but for what is known to be open', () => {
    const open = listed.filter(({ level, state }) => level < 3 && state !== 'met').map(({ number }) => number)
    assert.deepEqual(new Set(open), OPEN_REQUIREMENTS)
  })

  it('shows for all that is met what proves it: a test, a bench, or a document', () => {
    const unproven = listed.filter(({ state, proof }) => state === 'met' && isEmpty(proof)).map(({ number }) => number)
    assert.deepEqual(unproven, [])
  })

  it('shows for each promise what proves it', () => {
    assert.deepEqual(
      promises.map(({ name }) => name),
      PROMISES,
    )
    for (const { name, proof } of promises) assert.ok(!isEmpty(proof), name)
  })

  it('names no test and no bench that there is not', () => {
    const proofs = [...rows, ...promises].map(({ proof }) => proof)
    const tests = proofs.flatMap((proof) => proof.tests)
    assert.ok(tests.length > 200)
    const faults = new Set(tests.map(faultOf).filter((fault) => fault !== null))
    assert.deepEqual([...faults], [])
    for (const name of proofs.flatMap(({ benches }) => benches)) {
      assert.ok(existsSync(`${ROOT}bench/${name}.bench.ts`), name)
    }
  })

  it('links to nothing that there is not', () => {
    const anchors = anchorsOf(text)
    for (const link of proofOf(text).links) {
      if (link.startsWith('#')) assert.ok(anchors.includes(link.slice(1)), link)
      else if (!/^https:/.test(link)) assert.ok(existsSync(`${ROOT}docs/${link.split('#')[0]}`), link)
    }
  })
})

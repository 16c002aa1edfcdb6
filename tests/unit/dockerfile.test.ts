import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { validate } from 'dockerfile-utils'
import packageJson from '../../package.json' with { type: 'json' }
import { commandOf, readDeployed, valuesOf } from '../support/deploy-files.ts'

const { version, scripts, devDependencies } = packageJson

describe('the Dockerfile', () => {
  it('is one that the linter has nothing to say about', () => {
    assert.deepEqual(validate(readDeployed('Dockerfile')), [])
  })

  it('builds and runs on the Node that the tests run on, on a slim Debian', () => {
    const bases = [...readDeployed('Dockerfile').matchAll(/^FROM (\S+)/gm)].map(([, image]) => image)
    assert.equal(bases.length, 2)
    for (const image of bases) assert.equal(image, `node:${devDependencies.node}-trixie-slim`)
  })

  it('runs what npm start does, as nobody in particular, and is stopped by SIGTERM', () => {
    assert.equal(commandOf('CMD').join(' '), scripts.start)
    assert.deepEqual(valuesOf('USER'), ['1000:1000'])
    assert.deepEqual(valuesOf('STOPSIGNAL'), ['SIGTERM'])
    assert.match(valuesOf('LABEL').join(), new RegExp(`image\\.version="${version}"`))
  })

  it('installs what production needs, without the embedded database', () => {
    assert.match(readDeployed('Dockerfile'), /^RUN npm ci --omit=dev --omit=optional$/m)
  })

  it('is given only what is named', () => {
    const rules = readDeployed('.dockerignore')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
    assert.equal(rules[0], '*')
    for (const rule of rules.slice(1))
      assert.match(rule, /^!(config|migrations|seeders|src|package(-lock)?\.json|\.npmrc|LICENSE)$/)
  })
})

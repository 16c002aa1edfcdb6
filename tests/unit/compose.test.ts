import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import packageJson from '../../package.json' with { type: 'json' }
import { DRAIN_SECONDS, knownVariables, readCompose, readDeployed } from '../support/deploy-files.ts'

const PINNED = /^(gatehouse|nginx):\d+\.\d+\.\d+(-\w+)?$|^postgres:\d+\.\d+-\w+$/

const known = knownVariables()

describe('compose.yaml', () => {
  const { services, networks } = readCompose()

  for (const [name, service] of Object.entries(services)) {
    it(`gives ${name} no more than it needs`, () => {
      assert.equal(service.read_only, true)
      assert.deepEqual(service.cap_drop, ['ALL'])
      assert.deepEqual(service.security_opt, ['no-new-privileges:true'])
      assert.equal(service.restart, 'unless-stopped')
      assert.ok(service.mem_limit !== undefined && service.pids_limit !== undefined)
      assert.ok(Number.parseInt(service.stop_grace_period ?? '', 10) > DRAIN_SECONDS)
      assert.match(service.image, PINNED)
      // The image of Gatehouse says both by itself.
      if (name !== 'gatehouse') assert.match(service.user ?? '', /^[1-9]\d*:[1-9]\d*$/)
      if (name !== 'gatehouse') assert.ok(service.healthcheck)
    })
  }

  it('publishes nginx alone, and shuts the database in', () => {
    assert.deepEqual(services.nginx.ports, [`\${HTTPS_PORT:-443}:8443`])
    assert.deepEqual([services.gatehouse.ports, services.database.ports], [undefined, undefined])
    assert.deepEqual([services.database.networks, networks.back?.internal], [['back'], true])
  })

  it('runs this version, with variables that the server knows', () => {
    assert.equal(services.gatehouse.image, `gatehouse:${packageJson.version}`)
    for (const name of Object.keys(services.gatehouse.environment ?? {})) assert.ok(known.has(name), name)
  })

  it('has a default for no secret', () => {
    for (const name of ['APP_SECRET', 'GATEHOUSE_PASSWORD', 'POSTGRES_PASSWORD']) {
      const uses = [...readDeployed('compose.yaml').matchAll(new RegExp(`\\$\\{${name}\\b(..)`, 'g'))]
      assert.ok(uses.length > 0)
      for (const [, operator] of uses) assert.equal(operator, ':?', name)
    }
  })

  it('trusts what nginx says of a client, and nobody else', () => {
    assert.deepEqual(services.nginx.networks, {
      front: { ipv4_address: services.gatehouse.environment?.['TRUST_PROXY'] },
    })
    assert.match(readDeployed('deploy/compose/nginx.conf'), /proxy_set_header X-Forwarded-For \$remote_addr;/)
  })
})

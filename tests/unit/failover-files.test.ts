import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parse } from 'yaml'
import { readDeployed } from '../support/deploy-files.ts'

const patroni = parse(readDeployed('deploy/ha/patroni.yml'))
const { dcs } = patroni.bootstrap

describe('deploy/ha/patroni.yml', () => {
  it('acknowledges nothing that one disk alone has', () => {
    assert.equal(dcs.synchronous_mode, true)
    assert.equal(dcs.synchronous_mode_strict, true)
  })

  it('leaves a primary that cannot reach etcd the time to step down before another is made', () => {
    assert.ok(dcs.ttl >= dcs.loop_wait + 2 * dcs.retry_timeout)
  })

  it('asks etcd by the interface that lets no returning primary take the key of the new one', () => {
    assert.ok(patroni.etcd)
    assert.equal(patroni.etcd3, undefined)
    assert.equal(parse(readDeployed('deploy/ha/etcd.yml'))['enable-v2'], true)
  })
})

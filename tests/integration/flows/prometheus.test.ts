import assert from 'node:assert/strict'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import dashboard from '../../../deploy/grafana/gatehouse.json' with { type: 'json' }
import { readExposition } from '../../support/exposition.ts'
import { type Node, startNode } from '../../support/node.ts'
import { missingPrometheus, PROMETHEUS_FILES, promtool, startPrometheus } from '../../support/prometheus.ts'
import { eventually } from '../../support/server-process.ts'
import { createTestDatabase } from '../../support/test-database.ts'

/** Of the process that keeps the others, so that one alone has none. */
const OF_MANY_PROCESSES = new Set(['gatehouse_workers', 'gatehouse_worker_restarts_total'])

const rules = await readFile(join(PROMETHEUS_FILES, 'alerts.yml'), 'utf8')
const tests = await readFile(join(PROMETHEUS_FILES, 'alerts.test.yml'), 'utf8')
const alerts = [...rules.matchAll(/- alert: (\w+)/g)].map(([, name = '']) => name)
const panels = dashboard.panels.flatMap(({ title, targets }) => (targets ?? []).map(({ expr }) => ({ title, expr })))

const metricsIn = (text: string): string[] =>
  [...text.matchAll(/\b(?:gatehouse|process|nodejs)_\w+/g)].map(([name]) => name)

describe('deploy/prometheus and deploy/grafana', () => {
  const running = new AsyncDisposableStack()
  let node: Node
  let opsPort: number
  before(async () => {
    const database = await createTestDatabase()
    running.defer(database.drop)
    node = running.use(await startNode(database, { OPS_PORT: '0' }))
    opsPort = Number(/"port":(\d+),"msg":"metrics: listening"/.exec(node.output())?.[1])
    const account = await node.register()
    assert.ok(await node.lets(account.token))
  })
  after(() => running.disposeAsync())

  const scrape = async () => (await fetch(`http://127.0.0.1:${opsPort}/metrics`)).text()

  it('name metrics that there are', async () => {
    const { types } = readExposition(await scrape())
    const isThere = (name: string) =>
      types.has(name) ||
      types.get(name.replace(/_(bucket|sum|count)$/, '')) === 'histogram' ||
      OF_MANY_PROCESSES.has(name)
    const named = [rules, tests, ...panels.map(({ expr }) => expr)].flatMap(metricsIn)
    assert.ok(named.length > 100)
    assert.deepEqual(
      named.filter((name) => !isThere(name)),
      [],
    )
  })

  it('show every metric of ours somewhere', async () => {
    const { types } = readExposition(await scrape())
    const shown = new Set(
      panels.flatMap(({ expr }) => metricsIn(expr)).map((name) => name.replace(/_(bucket|count)$/, '')),
    )
    const ours = [...types.keys()].filter((name) => name.startsWith('gatehouse_'))
    assert.deepEqual(
      ours.filter((name) => !shown.has(name)),
      [],
    )
  })

  it('test each alert, and say where it is explained', () => {
    assert.deepEqual(
      [...tests.matchAll(/- name: (\w+)/g)].map(([, name]) => name),
      alerts,
    )
    const explained = [...rules.matchAll(/runbook_url: docs\/operations\.md#(\w+)/g)].map(([, anchor]) => anchor)
    assert.deepEqual(
      explained,
      alerts.map((name) => name.toLowerCase()),
    )
  })

  const skip = missingPrometheus()

  it('pass promtool: configuration, rules and their tests', { skip }, () => {
    for (const args of ['check config prometheus.yml', 'check rules alerts.yml', 'test rules alerts.test.yml']) {
      const { isContent, output } = promtool(args.split(' '))
      assert.ok(isContent, output)
    }
  })

  it('read an exposition that promtool finds nothing to say about', { skip }, async () => {
    const { isContent, output } = promtool(['check', 'metrics'], await scrape())
    assert.ok(isContent, output)
    assert.equal(output.trim(), '')
  })

  it('have expressions on the dashboard that Prometheus can read', { skip }, async (t) => {
    const file = join(tmpdir(), `gatehouse-dashboard-${process.pid}.json`)
    t.after(() => rm(file))
    const filled = panels.map(({ expr }, index) => ({
      record: `panel:${index}`,
      expr: expr.replaceAll('$__rate_interval', '5m').replaceAll('$instance', '.*').replaceAll('$job', 'gatehouse'),
    }))
    assert.doesNotMatch(filled.map(({ expr }) => expr).join(), /\$/)
    await writeFile(file, JSON.stringify({ groups: [{ name: 'dashboard', rules: filled }] }))
    const { isContent, output } = promtool(['check', 'rules', file])
    assert.ok(isContent, output)
  })

  it('let a Prometheus find the server up, ready and without an alert', { skip }, async () => {
    await using prometheus = await startPrometheus(opsPort)
    const answerTo = async (query: string) =>
      (await prometheus.get(`query?query=${encodeURIComponent(query)}`)).result[0]?.value[1]
    await eventually(async () => (await answerTo('up{job="gatehouse"}')) === '1', 'the target is up', 30)
    await eventually(async () => (await answerTo('min(gatehouse_ready)')) === '1', 'it is ready')
    const { groups } = await prometheus.get('rules')
    const found = groups[0].rules
    assert.deepEqual(
      found.map(({ name }: { name: string }) => name),
      alerts,
    )
    for (const { name, state, lastError } of found) assert.deepEqual([state, lastError], ['inactive', undefined], name)
  })
})

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import packageJson from '../../package.json' with { type: 'json' }
import { HEALTH_PATHS } from '../../src/routes/health.routes.ts'
import { DRAIN_SECONDS, knownVariables, readManifests, valuesOf } from '../support/deploy-files.ts'

const known = knownVariables()

describe('the manifests of Kubernetes', () => {
  const { Deployment, Service, PodDisruptionBudget, NetworkPolicy, Secret, Kustomization, PodMonitor } = readManifests()
  const pod = Deployment.spec.template.spec
  const [container] = pod.containers

  it('are what restricted pod security asks for, and have no token', () => {
    assert.equal(pod.securityContext.runAsNonRoot, true)
    assert.equal(`${pod.securityContext.runAsUser}:${pod.securityContext.runAsGroup}`, valuesOf('USER')[0])
    assert.equal(pod.securityContext.seccompProfile.type, 'RuntimeDefault')
    assert.deepEqual(container.securityContext, {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    })
    assert.equal(pod.automountServiceAccountToken, false)
  })

  it('ask routes that there are', () => {
    const paths = [container.startupProbe, container.livenessProbe, container.readinessProbe].map(
      ({ httpGet }) => httpGet.path,
    )
    assert.deepEqual(paths, ['/healthz', '/healthz', '/readyz'])
    for (const path of paths) assert.ok(HEALTH_PATHS.has(path))
  })

  it('agree on ports and labels', () => {
    const ports = new Map(container.ports.map(({ name, containerPort }: Port) => [name, containerPort]))
    assert.equal(ports.get('http'), Number(valuesOf('EXPOSE')[0]))
    assert.equal(ports.get('ops'), Number(literals().get('OPS_PORT')))
    const named = [
      container.livenessProbe.httpGet.port,
      container.readinessProbe.httpGet.port,
      container.startupProbe.httpGet.port,
      ...Service.spec.ports.map(({ targetPort }: { targetPort: string }) => targetPort),
      ...PodMonitor.spec.podMetricsEndpoints.map(({ port }: { port: string }) => port),
      ...NetworkPolicy.spec.ingress.flatMap((rule: { ports: { port: string }[] }) =>
        rule.ports.map(({ port }) => port),
      ),
    ]
    for (const name of named) assert.ok(ports.has(name), name)
    const { labels } = Deployment.spec.template.metadata
    for (const selector of [
      Service.spec.selector,
      Deployment.spec.selector.matchLabels,
      PodDisruptionBudget.spec.selector.matchLabels,
      NetworkPolicy.spec.podSelector.matchLabels,
      PodMonitor.spec.selector.matchLabels,
    ]) {
      assert.deepEqual(selector, labels)
    }
  })

  it('leave time to stop, and never have fewer than two that serve', () => {
    const paused = container.lifecycle.preStop.sleep.seconds
    assert.ok(pod.terminationGracePeriodSeconds > paused + DRAIN_SECONDS)
    assert.equal(Deployment.spec.replicas, 2)
    assert.equal(Deployment.spec.strategy.rollingUpdate.maxUnavailable, 0)
    assert.equal(PodDisruptionBudget.spec.maxUnavailable, 1)
  })

  it('run this version, with variables that the server knows, and hold no secret', () => {
    assert.equal(Kustomization.images[0].newTag, packageJson.version)
    assert.equal(Kustomization.images[0].name, container.image)
    for (const name of [...literals().keys(), ...Object.keys(Secret.stringData)]) assert.ok(known.has(name), name)
    assert.deepEqual(new Set(Object.values(Secret.stringData)), new Set(['']))
    assert.ok(!Kustomization.resources.includes('secret.example.yaml'))
  })

  function literals(): Map<string, string> {
    const [{ literals }] = Kustomization.configMapGenerator
    return new Map(literals.map((literal: string) => literal.split('=')))
  }
})

interface Port {
  name: string
  containerPort: number
}

import type { Response } from 'express'
import { beginAnswer, sendJson } from '../http/answer.ts'
import { presentJwks, presentProviderMetadata } from '../schemas/discovery.schema.ts'
import type { SigningKeyService } from '../services/signing-key.service.ts'

export type DiscoveryController = ReturnType<typeof createDiscoveryController>

export interface DiscoveryDependencies {
  keys: Pick<SigningKeyService, 'publishedKeys'>
  version: string
  issuer: string
  /** The OpenAPI document, which is made from all routes and so is there only when they are. */
  openApi(): object
}

/** For five minutes anybody on the way may answer for us. */
const CACHEABLE = 'public, max-age=300'

const DOCS_PATH = '/docs'

const links = {
  docs: DOCS_PATH,
  openapi: '/openapi.json',
  discovery: '/.well-known/openid-configuration',
  jwks: '/.well-known/jwks.json',
  health: '/healthz',
  readiness: '/readyz',
}

/** What machines and newcomers look for first. */
export function createDiscoveryController({ keys, version, issuer, openApi }: DiscoveryDependencies) {
  return { home, describe, jwks, providerMetadata }

  function home(_request: unknown, res: Response): void {
    beginAnswer(res)
    res.vary('Accept')
    if (res.req.accepts(['json', 'html']) === 'html') res.status(303).location(DOCS_PATH).end()
    else sendJson(res, 200, { name: 'Gatehouse', version, links })
  }

  function describe(_request: unknown, res: Response): void {
    sendJson(res, 200, openApi(), CACHEABLE)
  }

  function jwks(_request: unknown, res: Response): void {
    sendJson(res, 200, presentJwks(keys.publishedKeys()), CACHEABLE)
  }

  function providerMetadata(_request: unknown, res: Response): void {
    sendJson(res, 200, presentProviderMetadata(issuer), CACHEABLE)
  }
}

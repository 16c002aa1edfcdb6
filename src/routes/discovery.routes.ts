import type { DiscoveryController } from '../controllers/discovery.controller.ts'
import { type Route, route } from '../http/route.ts'
import { home, jwks, openApiDocument, providerMetadata } from '../schemas/discovery.schema.ts'

export function discoveryRoutes(controller: DiscoveryController): Route[] {
  const discovery = { method: 'get', tag: 'Discovery', access: 'public' } as const
  return [
    route(
      {
        ...discovery,
        path: '/',
        summary: 'What is this, and where is the rest?',
        answers: { 200: { description: 'Name, version and links', body: home } },
      },
      controller.home,
    ),
    route(
      {
        ...discovery,
        path: '/openapi.json',
        summary: 'This API as OpenAPI 3.1',
        answers: { 200: { description: 'The document', body: openApiDocument } },
      },
      controller.describe,
    ),
    route(
      {
        ...discovery,
        path: '/.well-known/jwks.json',
        summary: 'The public keys that access tokens are checked with',
        answers: { 200: { description: 'A JWK set (RFC 7517)', body: jwks } },
      },
      controller.jwks,
    ),
    route(
      {
        ...discovery,
        path: '/.well-known/openid-configuration',
        summary: 'Issuer and key set, for resource servers that configure themselves',
        answers: { 200: { description: 'The metadata (OpenID Connect Discovery)', body: providerMetadata } },
      },
      controller.providerMetadata,
    ),
  ]
}

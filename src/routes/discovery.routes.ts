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
        operationId: 'getServiceInfo',
        summary: 'What is this, and where is the rest?',
        description: 'Whoever prefers HTML to JSON, as a browser does, is sent to `/docs`.',
        answers: {
          200: { description: 'Name, version and links', body: home },
          303: { description: 'To the page, for a browser', headers: ['Location'] },
        },
      },
      controller.home,
    ),
    route(
      {
        ...discovery,
        path: '/openapi.json',
        operationId: 'getOpenApi',
        summary: 'This API as OpenAPI 3.1',
        description: 'Made from the same contracts as the routes. May be kept for five minutes.',
        answers: { 200: { description: 'The document', body: openApiDocument } },
      },
      controller.describe,
    ),
    route(
      {
        ...discovery,
        path: '/.well-known/jwks.json',
        operationId: 'getJwks',
        summary: 'The public keys that access tokens are checked with',
        description:
          'The next key is here before it signs, and stays after it stopped for longer than any token lives. May be kept for five minutes.',
        answers: { 200: { description: 'A JWK set (RFC 7517)', body: jwks } },
      },
      controller.jwks,
    ),
    route(
      {
        ...discovery,
        path: '/.well-known/openid-configuration',
        operationId: 'getProviderMetadata',
        summary: 'Issuer and key set, for resource servers that configure themselves',
        description: 'There is no authorization endpoint. May be kept for five minutes.',
        answers: { 200: { description: 'The metadata (OpenID Connect Discovery)', body: providerMetadata } },
      },
      controller.providerMetadata,
    ),
  ]
}

import type { createDocument } from 'zod-openapi'

type Document = ReturnType<typeof createDocument>

/** The part of a JSON Schema that says what an example looks like. */
interface Schema {
  $ref?: string
  example?: unknown
  const?: unknown
  items?: Schema
  properties?: Record<string, Schema>
  required?: readonly string[]
}

interface Body {
  content?: Record<string, { schema: Schema; example?: unknown; examples?: unknown }>
}

interface Operation {
  requestBody?: Body
  responses: Record<string, Body>
}

/**
 * Gives each body that has none a whole example, put together of its fields' own. Generators and pages would make one
 * up, with `"string"` for an email.
 */
export function addExamples(document: Document): Document {
  const schemas = document.components?.schemas as Record<string, Schema>
  for (const item of Object.values(document.paths ?? {})) {
    for (const { requestBody = {}, responses } of Object.values(item) as Operation[]) {
      for (const { content = {} } of [requestBody, ...Object.values(responses)]) addToContent(content, schemas)
    }
  }
  return document
}

function addToContent(content: NonNullable<Body['content']>, schemas: Record<string, Schema>): void {
  for (const media of Object.values(content)) {
    if (media.examples === undefined) media.example = exampleOf(media.schema, schemas)
  }
}

/** Undefined where a field that is always there has none; then the body has no example, and a test fails. */
function exampleOf(schema: Schema, schemas: Record<string, Schema>): unknown {
  if (schema.$ref !== undefined) return exampleOf(schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {}, schemas)
  if ('example' in schema) return schema.example
  if (schema.items) return [exampleOf(schema.items, schemas)]
  if (!schema.properties) return schema.const
  const fields = Object.entries(schema.properties).map(([name, field]) => [name, exampleOf(field, schemas)] as const)
  return Object.fromEntries(fields.filter(([, example]) => example !== undefined))
}

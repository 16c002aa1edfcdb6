import fc from 'fast-check'
import { z } from 'zod'
import { cursors, idsBelow, knownTexts, type Place } from './known.ts'

type JsonSchema = z.core.JSONSchema.BaseSchema & { override?: { type?: string; minimum?: number; maximum?: number } }

const TEXT_CHARACTERS = 300
const FIRST_TIME = new Date('0001-01-01T00:00:00Z')
const LAST_TIME = new Date('9999-12-31T23:59:59Z')

/** What an object's shape lets in, made from its JSON Schema. Refinements are not in there: some of it is refused. */
export function inputsOf(shape: z.ZodObject, place: Omit<Place, 'name'>): fc.Arbitrary<Record<string, unknown>> {
  const { properties = {}, required = [] } = z.toJSONSchema(shape, {
    io: 'input',
    unrepresentable: 'any',
  }) as JsonSchema
  const fields = Object.entries(properties).map(([name, schema]) => [
    name,
    valuesOf(schema as JsonSchema, { ...place, name }),
  ])
  return fc.record(Object.fromEntries(fields), { requiredKeys: required, noNullPrototype: true })
}

function valuesOf(schema: JsonSchema, place: Place): fc.Arbitrary<unknown> {
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((one) => valuesOf(one as JsonSchema, place)))
  if (Array.isArray(schema.type))
    return fc.oneof(...schema.type.map((type) => valuesOf({ ...schema, type } as JsonSchema, place)))
  if (schema.enum) return fc.constantFrom(...schema.enum)
  if (schema.const !== undefined) return fc.constant(schema.const)
  switch (schema.type) {
    case 'string':
      return textsOf(schema, place)
    case 'integer':
    case 'number':
      return fc.integer({ min: schema.minimum ?? -1e9, max: schema.maximum ?? 1e9 })
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    case 'array':
      return fc.array(valuesOf(schema.items as JsonSchema, place), { maxLength: 3 })
    default:
      throw new Error(`No values are known for ${JSON.stringify(schema)}.`)
  }
}

function textsOf(schema: JsonSchema, place: Place): fc.Arbitrary<string> {
  const { format, pattern, override, minLength = 0, maxLength = TEXT_CHARACTERS } = schema
  if (override?.type === 'integer')
    return fc.integer({ min: override.minimum ?? 0, max: override.maximum ?? 1e9 }).map(String)
  if (format === 'uuid') return fc.oneof({ arbitrary: fc.constantFrom(...idsBelow(place)), weight: 4 }, fc.uuid())
  if (format === 'date-time')
    return fc.date({ min: FIRST_TIME, max: LAST_TIME, noInvalidDate: true }).map((date) => date.toISOString())
  if (place.name === 'cursor') return cursors(place.path)
  const shaped = pattern
    ? fc.stringMatching(new RegExp(pattern), { maxLength })
    : fc.string({ unit: 'grapheme', minLength, maxLength: Math.min(maxLength, TEXT_CHARACTERS) })
  const known = knownTexts(place)
  return known.length === 0 ? shaped : fc.oneof({ arbitrary: fc.constantFrom(...known), weight: 4 }, shaped)
}

import { writeFile } from 'node:fs/promises'
import { typesOf } from './types-of.ts'

const { GATEHOUSE_URL = 'http://localhost:3000' } = process.env

const answer = await fetch(`${GATEHOUSE_URL}/openapi.json`)
await writeFile(new URL('web/schema.d.ts', import.meta.url), await typesOf((await answer.json()) as object))

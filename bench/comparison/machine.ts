import { readFile } from 'node:fs/promises'
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os'
import bcrypt from 'bcrypt'
import pg from 'pg'
import { PASSWORD } from '../fill-users.ts'
import { median } from '../median.ts'
import { ROUNDS } from './compare.ts'
import { HASH_COST } from './running-gatehouse.ts'

export interface Fact {
  name: string
  value: string
}

const PACKAGES = ['express', 'pg', 'sequelize', 'jsonwebtoken', 'bcrypt', 'better-auth']
const GIBIBYTE = 2 ** 30
const HASHES = 10

/** What the figures depend on: the machine, what else it does, the versions, what a hash costs. */
export async function machineFacts(postgresUrl: string): Promise<Fact[]> {
  return [
    { name: 'when', value: new Date().toISOString().slice(0, 16).replace('T', ' ') },
    { name: 'processor', value: `${cpus()[0]?.model.trim()}, ${availableParallelism()} cores` },
    { name: 'memory', value: `${(totalmem() / GIBIBYTE).toFixed(0)} GB` },
    { name: 'system', value: `${type()} ${release()}` },
    {
      name: 'load before',
      value: loadavg()
        .map((load) => load.toFixed(2))
        .join(' '),
    },
    { name: 'Node.js', value: process.version },
    { name: 'PostgreSQL', value: await postgresVersion(postgresUrl) },
    { name: 'packages', value: (await Promise.all(PACKAGES.map(withVersion))).join(', ') },
    { name: 'hashes', value: await hashCosts() },
    { name: 'rounds', value: `${ROUNDS}, but one of memory` },
  ]
}

async function postgresVersion(url: string): Promise<string> {
  const client = new pg.Client(url)
  await client.connect()
  const { rows } = await client.query<{ server_version: string }>('SHOW server_version')
  await client.end()
  return rows[0]?.server_version ?? ''
}

async function withVersion(name: string): Promise<string> {
  const file = new URL(`../../node_modules/${name}/package.json`, import.meta.url)
  return `${name} ${JSON.parse(await readFile(file, 'utf8')).version}`
}

/** bcrypt's, and what Better Auth takes by itself. */
async function hashCosts(): Promise<string> {
  const hash = await bcrypt.hash(PASSWORD, HASH_COST)
  const bcryptMs = await medianMs(() => bcrypt.compare(PASSWORD, hash))
  const { hashPassword } = await import('better-auth/crypto')
  const scryptMs = await medianMs(() => hashPassword(PASSWORD))
  return `bcrypt at cost ${HASH_COST} ${bcryptMs} ms, Better Auth’s scrypt ${scryptMs} ms, one at a time`
}

async function medianMs(work: () => Promise<unknown>): Promise<string> {
  const times: number[] = []
  for (let count = 0; count < HASHES; count++) {
    const startedAt = performance.now()
    await work()
    times.push(performance.now() - startedAt)
  }
  return median(times).toFixed(1)
}

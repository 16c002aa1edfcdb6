import { randomBytes } from 'node:crypto'
import bcrypt from 'bcrypt'
import { type BetterAuthOptions, betterAuth } from 'better-auth'
import { getMigrations } from 'better-auth/db/migration'
import { fromNodeHeaders, toNodeHandler } from 'better-auth/node'
import express from 'express'
import pg from 'pg'

/** Better Auth as its pages on Express and PostgreSQL have it. What the variables change: README.md. */
const { PORT, DATABASE_URL, HASH, COST, COOKIE_CACHE, UPDATE_AGE } = process.env

const bcryptPassword = {
  hash: (password: string) => bcrypt.hash(password, Number(COST)),
  verify: ({ password, hash }: { password: string; hash: string }) => bcrypt.compare(password, hash),
}

const options = {
  baseURL: `http://127.0.0.1:${PORT}`,
  secret: randomBytes(32).toString('base64'),
  database: new pg.Pool({ connectionString: DATABASE_URL }),
  emailAndPassword: { enabled: true, ...(HASH === 'bcrypt' && { password: bcryptPassword }) },
  session: {
    ...(COOKIE_CACHE === 'on' && { cookieCache: { enabled: true, maxAge: 5 * 60 } }),
    ...(UPDATE_AGE !== undefined && { updateAge: Number(UPDATE_AGE) }),
  },
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
} satisfies BetterAuthOptions

const auth = betterAuth(options)
const { runMigrations } = await getMigrations(options)
await runMigrations()

const app = express()
app.all('/api/auth/*splat', toNodeHandler(auth))

app.get('/guarded', async (req, res) => {
  const session = await auth.api.getSession({ headers: fromNodeHeaders(req.headers) })
  res.status(session ? 204 : 401).end()
})

app.listen(Number(PORT), '127.0.0.1')

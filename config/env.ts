import { availableParallelism } from 'node:os'
import proxyAddr from 'proxy-addr'
import { z } from 'zod'
import { email, wholeNumber } from '../src/schemas/fields.ts'

/** What the environment says. `null` is what only a running server can fill in: see `completeConfig`. */
export type Config = ReturnType<typeof readConfig>

/** Everything that a server is wired from. */
export type CompleteConfig = Config & {
  publicUrl: string
  tokenAudience: string
  appSecret: string
  databaseUrl: string
  databaseDirectUrl: string
}

/** Names each variable that is wrong, and what to do. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'

  constructor(problems: readonly string[]) {
    super(['The configuration is not right:', ...problems.map((problem) => `  ${problem}`)].join('\n'))
  }
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
const LISTENS_EVERYWHERE = '0.0.0.0'
const MOST_WORKERS = 256
const COST_MESSAGE = 'must be from 10 to 15 (from 4 with NODE_ENV=test)'

const postgresUrl = z
  .string()
  .refine((value) => /^postgres(ql)?:$/.test(URL.parse(value)?.protocol ?? ''), 'must be a postgres:// URL')

const isLongEnough = (secret: string): boolean => Buffer.byteLength(secret) >= 32

const list = z.string().transform((text) => text.split(',').map((item) => item.trim()))

const origin = z
  .string()
  .refine(isOrigin, 'must be origins such as https://app.example.com, comma-separated, without a path')

const variables = z.object({
  NODE_ENV: z.string().default('development'),
  PORT: wholeNumber(0, 65_535).default(3000),
  HOST: z.string().optional(),
  PUBLIC_URL: z
    .string()
    .refine(isWebUrl, 'must be an http:// or https:// URL without a query or a password')
    .optional(),
  DATABASE_URL: postgresUrl.optional(),
  DATABASE_DIRECT_URL: postgresUrl.optional(),
  DATABASE_REPLICA_URLS: list.pipe(z.array(postgresUrl)).default([]),
  DATABASE_POOL_MAX: wholeNumber(1, 1000).default(10),
  DATA_DIR: z.string().default('./data'),
  APP_SECRET: z
    .string()
    .refine(isLongEnough, 'must have at least 32 bytes; make one: openssl rand -base64 48')
    .optional(),
  APP_SECRET_PREVIOUS: list
    .pipe(z.array(z.string().refine(isLongEnough, 'must be secrets of at least 32 bytes each, comma-separated')))
    .default([]),
  ADMIN_EMAIL: email.optional(),
  ADMIN_PASSWORD: z.string().optional(),
  ACCESS_TOKEN_TTL_SECONDS: wholeNumber(1, 86_400).default(900),
  REFRESH_IDLE_DAYS: wholeNumber(1, 3650).default(30),
  REFRESH_MAX_DAYS: wholeNumber(1, 3650).default(180),
  REFRESH_GRACE_SECONDS: wholeNumber(0, 300).default(10),
  REVOCATION_MAX_STALENESS_SECONDS: wholeNumber(1, 3600).default(60),
  AUDIT_RETENTION_DAYS: wholeNumber(1, 36_500).default(400),
  TOKEN_AUDIENCE: z.string().optional(),
  BCRYPT_COST: wholeNumber(4, 15, COST_MESSAGE).default(10),
  PASSWORD_MIN_LENGTH: wholeNumber(8, 64).default(8),
  RATE_LIMITS: z.enum(['on', 'off'], 'must be on or off').default('on'),
  REDIS_URL: z
    .string()
    .refine((value) => /^rediss?:$/.test(URL.parse(value)?.protocol ?? ''), 'must be a redis:// or rediss:// URL')
    .nullable()
    .default(null),
  TRUST_PROXY: list
    .pipe(z.array(z.string().refine(isProxy, 'must be addresses or networks such as 10.0.0.0/8, comma-separated')))
    .default([]),
  CORS_ORIGINS: list.pipe(z.array(origin)).default([]),
  WORKERS: z
    .string()
    .transform((value) => (value === 'auto' ? String(availableParallelism()) : value))
    .pipe(wholeNumber(1, MOST_WORKERS, `must be auto, for one per core, or a whole number from 1 to ${MOST_WORKERS}`))
    .default(1),
  SHUTDOWN_DELAY_SECONDS: wholeNumber(0, 300).default(0),
  OPS_PORT: wholeNumber(0, 65_535).nullable().default(null),
  OPS_HOST: z.string().default('127.0.0.1'),
  LOG_LEVEL: z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`).default('info'),
})

type Given = Readonly<Record<string, string | undefined>>

/** Rules over more than one variable, as they were given: the variable to name, and what to do. */
const rules: readonly [name: keyof z.output<typeof variables>, message: string, holds: (given: Given) => boolean][] = [
  ['BCRYPT_COST', COST_MESSAGE, ({ BCRYPT_COST = '10', NODE_ENV }) => Number(BCRYPT_COST) >= 10 || NODE_ENV === 'test'],
  [
    'APP_SECRET',
    'is needed with DATABASE_URL; make one: openssl rand -base64 48',
    ({ APP_SECRET, DATABASE_URL }) => DATABASE_URL === undefined || APP_SECRET !== undefined,
  ],
  [
    'ADMIN_PASSWORD',
    'is needed with ADMIN_EMAIL and DATABASE_URL',
    ({ ADMIN_PASSWORD, ADMIN_EMAIL, DATABASE_URL }) =>
      DATABASE_URL === undefined || ADMIN_EMAIL === undefined || ADMIN_PASSWORD !== undefined,
  ],
  [
    'DATABASE_DIRECT_URL',
    'is only of use with DATABASE_URL',
    ({ DATABASE_DIRECT_URL, DATABASE_URL }) => DATABASE_DIRECT_URL === undefined || DATABASE_URL !== undefined,
  ],
  [
    'DATABASE_REPLICA_URLS',
    'is only of use with DATABASE_URL',
    ({ DATABASE_REPLICA_URLS, DATABASE_URL }) => DATABASE_REPLICA_URLS === undefined || DATABASE_URL !== undefined,
  ],
]

/**
 * Reads and checks the whole configuration; pure. An empty variable counts as not set. Throws a `ConfigError` that
 * names every bad variable at once. Values are never part of a message: they can be secrets.
 */
export function readConfig(env: Given) {
  const given: Given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  const result = variables.safeParse(given)
  const broken = rules.filter(([, , holds]) => !holds(given)).map(([name, message]) => `${name} ${message}`)
  if (!result.success || broken.length > 0) {
    const misshapen = result.error?.issues.map(({ path, message }) => `${String(path[0])} ${message}`) ?? []
    throw new ConfigError([...new Set([...misshapen, ...broken])])
  }
  const values = result.data
  return {
    port: values.PORT,
    host: values.HOST ?? (values.DATABASE_URL ? LISTENS_EVERYWHERE : '127.0.0.1'),
    publicUrl: values.PUBLIC_URL?.replace(/\/+$/, '') ?? null,
    databaseUrl: values.DATABASE_URL ?? null,
    databaseDirectUrl: values.DATABASE_DIRECT_URL ?? values.DATABASE_URL ?? null,
    databaseReplicaUrls: values.DATABASE_REPLICA_URLS,
    databasePoolMax: values.DATABASE_POOL_MAX,
    dataDir: values.DATA_DIR,
    appSecret: values.APP_SECRET ?? null,
    previousAppSecrets: values.APP_SECRET_PREVIOUS,
    adminEmail: values.ADMIN_EMAIL ?? null,
    adminPassword: values.ADMIN_PASSWORD ?? null,
    accessTtlSeconds: values.ACCESS_TOKEN_TTL_SECONDS,
    refreshIdleDays: values.REFRESH_IDLE_DAYS,
    refreshMaxDays: values.REFRESH_MAX_DAYS,
    refreshGraceSeconds: values.REFRESH_GRACE_SECONDS,
    revocationMaxStalenessSeconds: values.REVOCATION_MAX_STALENESS_SECONDS,
    auditRetentionDays: values.AUDIT_RETENTION_DAYS,
    tokenAudience: values.TOKEN_AUDIENCE ?? null,
    bcryptCost: values.BCRYPT_COST,
    passwordMinLength: values.PASSWORD_MIN_LENGTH,
    rateLimits: values.RATE_LIMITS,
    redisUrl: values.REDIS_URL,
    trustProxy: values.TRUST_PROXY,
    corsOrigins: values.CORS_ORIGINS,
    workers: values.WORKERS,
    shutdownDelaySeconds: values.SHUTDOWN_DELAY_SECONDS,
    opsPort: values.OPS_PORT,
    opsHost: values.OPS_HOST,
    logLevel: values.LOG_LEVEL,
  }
}

/** Fills in what the environment leaves to the server: the port that it got, its database and its secret. */
export function completeConfig(
  config: Config,
  found: { port: number; databaseUrl: string; appSecret: string },
): CompleteConfig {
  const publicUrl = config.publicUrl ?? `http://localhost:${found.port}`
  return {
    ...config,
    port: found.port,
    publicUrl,
    tokenAudience: config.tokenAudience ?? publicUrl,
    appSecret: found.appSecret,
    databaseUrl: found.databaseUrl,
    databaseDirectUrl: config.databaseDirectUrl ?? found.databaseUrl,
  }
}

function isWebUrl(value: string): boolean {
  const url = URL.parse(value)
  if (url === null || url.username !== '' || url.password !== '') return false
  return /^https?:$/.test(url.protocol) && url.search === '' && url.hash === ''
}

/** An address, a network, or one of the names for networks that proxy-addr knows. */
function isProxy(value: string): boolean {
  try {
    return proxyAddr.compile(value) !== undefined
  } catch {
    return false
  }
}

function isOrigin(value: string): boolean {
  const url = URL.parse(value)
  return url !== null && /^https?:$/.test(url.protocol) && url.origin === value
}

import { randomBytes } from 'node:crypto'
import { betterAuth } from 'better-auth'
import { getMigrations } from 'better-auth/db/migration'
import { admin } from 'better-auth/plugins'
import pg from 'pg'
import { DataTypes, Sequelize } from 'sequelize'

export const PASSWORD = 'correct horse battery staple'

/**
 * Made by Better Auth itself: Ada is an administrator, Bob has two roles, Eve is banned, Mallory was until yesterday.
 * `others` have signed up too, each with the password beside their name.
 */
export async function makeBetterAuth(url: string, others: Readonly<Record<string, string>> = {}): Promise<void> {
  const pool = new pg.Pool({ connectionString: url })
  try {
    const options = {
      baseURL: 'http://127.0.0.1:3000',
      secret: randomBytes(32).toString('base64'),
      database: pool,
      emailAndPassword: { enabled: true },
      rateLimit: { enabled: false },
      telemetry: { enabled: false },
      plugins: [admin()],
    }
    const auth = betterAuth(options)
    await (await getMigrations(options)).runMigrations()
    const signUp = async (name: string, password = PASSWORD) => {
      const body = { name, email: `${name.toLowerCase()}@example.com`, password }
      const { headers, response } = await auth.api.signUpEmail({ body, returnHeaders: true })
      return { id: response.user.id, headers: new Headers({ cookie: headers.get('set-cookie') ?? '' }) }
    }
    const [ada, bob, eve, mallory] = [
      await signUp('Ada'),
      await signUp('Bob'),
      await signUp('Eve'),
      await signUp('Mallory'),
    ]
    for (const [name, password] of Object.entries(others)) await signUp(name, password)
    await pool.query(`UPDATE "user" SET role = 'admin' WHERE id = $1`, [ada.id])
    const { headers } = ada
    await auth.api.setRole({ body: { userId: bob.id, role: ['admin', 'user'] }, headers })
    await auth.api.banUser({ body: { userId: eve.id }, headers })
    await auth.api.banUser({ body: { userId: mallory.id, banExpiresIn: 60 }, headers })
    await pool.query(`UPDATE "user" SET "banExpires" = now() - interval '1 day' WHERE id = $1`, [mallory.id])
    // As who has come by another provider.
    await pool.query(`UPDATE account SET "providerId" = 'google', password = NULL WHERE "userId" = $1`, [mallory.id])
    await pool.query(`UPDATE "user" SET "emailVerified" = true, "createdAt" = '2020-05-17 10:30:00Z' WHERE id = $1`, [
      bob.id,
    ])
  } finally {
    await pool.end()
  }
}

/** The columns that its migrations come to, without those of tokens; https://github.com/supabase/auth/tree/master/migrations. */
export const SUPABASE = `
  CREATE SCHEMA auth;
  CREATE TABLE auth.users (
    instance_id uuid, id uuid NOT NULL PRIMARY KEY, aud varchar(255), role varchar(255), email varchar(255),
    encrypted_password varchar(255), email_confirmed_at timestamptz, last_sign_in_at timestamptz,
    raw_app_meta_data jsonb, raw_user_meta_data jsonb, is_super_admin boolean,
    created_at timestamptz, updated_at timestamptz, phone text,
    confirmed_at timestamptz GENERATED ALWAYS AS (email_confirmed_at) STORED,
    banned_until timestamptz, is_sso_user boolean NOT NULL DEFAULT false, deleted_at timestamptz,
    is_anonymous boolean NOT NULL DEFAULT false);
  CREATE TABLE public.users (id serial PRIMARY KEY, email text);
  CREATE TABLE public.notes (note text);
  INSERT INTO public.notes VALUES ('COPY auth.users (id) FROM stdin;');
  INSERT INTO auth.users (id, role, email, encrypted_password, email_confirmed_at, created_at, raw_app_meta_data,
                          raw_user_meta_data, banned_until, is_sso_user, deleted_at, is_anonymous) VALUES
    ('00000000-0000-4000-8000-000000000001', 'authenticated', 'ada@example.com', '$2a$10$ada', '2020-05-18 10:30:00.123456+02',
     '2020-05-17 10:30:00+00', '{"provider":"email","roles":["editor"],"role":"viewer"}', '{"name":"Ada \\\\ \\"L\\""}', NULL, false, NULL, false),
    ('00000000-0000-4000-8000-000000000002', 'authenticated', 'bob@example.com', '$argon2id$bob', NULL,
     '2020-05-17 10:30:00+00', '{"role":"editor"}', '{"full_name":"Bob"}', '2999-01-01', false, NULL, false),
    ('00000000-0000-4000-8000-000000000003', 'authenticated', 'eve@example.com', '', NULL,
     '2020-05-17 10:30:00+00', NULL, NULL, '2020-01-01', false, NULL, false),
    ('00000000-0000-4000-8000-000000000004', 'authenticated', 'sso@example.com', NULL, NULL, NULL, '{}', '{}', NULL, true, NULL, false),
    ('00000000-0000-4000-8000-000000000005', 'authenticated', 'gone@example.com', NULL, NULL, NULL, '{}', '{}', NULL, false, now(), false),
    ('00000000-0000-4000-8000-000000000006', 'authenticated', NULL, NULL, NULL, NULL, '{}', '{}', NULL, false, NULL, true)`

/** As a well-known tutorial of Sequelize has it: users, roles, and who has which. */
export async function makeTutorial(url: string, hashOf = (index: number) => `$2a$08$${index}`): Promise<void> {
  const sequelize = new Sequelize(url, { dialect: 'postgres', dialectModule: pg, logging: false })
  try {
    const User = sequelize.define('users', {
      username: DataTypes.STRING,
      email: DataTypes.STRING,
      password: DataTypes.STRING,
      isActive: { type: DataTypes.BOOLEAN, defaultValue: true },
    })
    const Role = sequelize.define('roles', {
      id: { type: DataTypes.INTEGER, primaryKey: true },
      name: DataTypes.STRING,
    })
    User.belongsToMany(Role, { through: 'user_roles' })
    Role.belongsToMany(User, { through: 'user_roles' })
    await sequelize.sync()
    const roles = await Role.bulkCreate([
      { id: 1, name: 'user' },
      { id: 2, name: 'moderator' },
    ])
    for (let index = 1; index <= 12; index++) {
      const user = await User.create({
        username: `user${index}`,
        email: `user${index}@example.com`,
        password: hashOf(index),
        isActive: index !== 2,
        createdAt: '2020-05-17T10:30:00.000Z',
      })
      await (user as unknown as { setRoles(roles: unknown[]): Promise<void> }).setRoles(index === 3 ? [] : roles)
    }
  } finally {
    await sequelize.close()
  }
}

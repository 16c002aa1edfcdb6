import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openFirebaseSource } from '../../../src/infrastructure/import-sources/firebase-source.ts'
import { openKeycloakSource } from '../../../src/infrastructure/import-sources/keycloak-source.ts'
import { assertResumable, readAll, savingFolder, usersOf } from '../../support/import-sources.ts'

const { save } = savingFolder()

describe('the users of a Keycloak realm', () => {
  const user = (name: string, more: object) => ({
    username: name,
    enabled: true,
    email: `${name}@example.com`,
    ...more,
  })
  const password = (credentialData: object, secretData: object) => [
    { type: 'otp', secretData: '{}', credentialData: '{}' },
    { type: 'password', secretData: JSON.stringify(secretData), credentialData: JSON.stringify(credentialData) },
  ]
  const [salt, value] = ['c2FsdHNhbHRzYWx0c2FsdA==', Buffer.alloc(32, 1).toString('base64')]
  const hash = value.replace('=', '')
  const argon2 = { type: ['id'], version: ['1.3'], memory: ['7168'], parallelism: ['1'], hashLength: ['32'] }
  const users = [
    user('ada', {
      createdTimestamp: 1589711400000,
      emailVerified: true,
      firstName: 'Ada',
      lastName: 'Lovelace',
      realmRoles: ['default-roles-demo', 'editor', 'offline_access', 'uma_authorization'],
      credentials: password({ algorithm: 'pbkdf2-sha256', hashIterations: 27500 }, { value, salt }),
    }),
    user('bob', {
      enabled: false,
      credentials: password({ algorithm: 'argon2', hashIterations: 5, additionalParameters: argon2 }, { value, salt }),
    }),
    user('sha1', { credentials: password({ algorithm: 'pbkdf2', hashIterations: 20000 }, { value, salt }) }),
    user('sha512', { credentials: password({ algorithm: 'pbkdf2-sha512', hashIterations: 9 }, { value, salt }) }),
    user('old', {
      credentials: [
        { type: 'password', hashedSaltedValue: value, salt, hashIterations: 20000, algorithm: 'pbkdf2-sha256' },
      ],
    }),
    { username: 'nobody@example.com', email: 'nobody@example.com' },
    user('service-account-app', { serviceAccountClientId: 'app' }),
    user('own', { credentials: password({ algorithm: 'bcrypt', hashIterations: 10 }, { value, salt }) }),
    user('plain', { credentials: [{ type: 'password', value: 'secret' }] }),
    user('broken', { credentials: password({ algorithm: 'pbkdf2' }, { value: '{}' }) }),
  ]
  const realm = {
    realm: 'demo',
    attributes: { users: [{ email: 'none@example.com' }], 'a"{b': '\\"]}' },
    users,
    roles: {},
  }

  for (const [how, text] of [
    ['on one line', JSON.stringify(realm)],
    ['over many', `\ufeff${JSON.stringify(realm, null, 2)}\r\n`],
  ] as const) {
    it(`are those of its export, ${how}`, async () => {
      const path = save(text)
      const records = await readAll(await openKeycloakSource({ path }))
      const found = records.map(({ user }) => user as Record<string, unknown> | null)
      assert.deepEqual(found[0], {
        email: 'ada@example.com',
        name: 'Ada Lovelace',
        passwordHash: `$pbkdf2-sha256$i=27500$c2FsdHNhbHRzYWx0c2FsdA$${hash}`,
        roles: ['editor'],
        status: 'active',
        emailVerified: true,
        createdAt: '2020-05-17T10:30:00.000Z',
      })
      assert.deepEqual(
        found.slice(1, 6).map((one) => [one?.['name'], one?.['status'], one?.['passwordHash']]),
        [
          ['bob', 'disabled', `$argon2id$v=19$m=7168,t=5,p=1$c2FsdHNhbHRzYWx0c2FsdA$${hash}`],
          ['sha1', 'active', `$pbkdf2-sha1$i=20000$c2FsdHNhbHRzYWx0c2FsdA$${hash}`],
          ['sha512', 'active', `$pbkdf2-sha512$i=9$c2FsdHNhbHRzYWx0c2FsdA$${hash}`],
          ['old', 'active', `$pbkdf2-sha256$i=20000$c2FsdHNhbHRzYWx0c2FsdA$${hash}`],
          [null, 'active', null],
        ],
      )
      assert.deepEqual(
        records.slice(6).map(({ problem, user }) => [problem, user]),
        [
          ['It is the account of a client, not of a person.', { email: 'service-account-app@example.com' }],
          ['Its password is hashed by "bcrypt", which is not known here.', { email: 'own@example.com' }],
          ['Its password stands there as it is typed, and not as a hash.', { email: 'plain@example.com' }],
          ['Its password has no hash and salt in base64.', { email: 'broken@example.com' }],
        ],
      )
      const lines = text.split('\n')
      assert.deepEqual(
        records.map(({ line }) => line),
        users.map(({ username }) =>
          Math.max(
            lines.findIndex((line) => line.includes(`"username": "${username}"`)),
            1,
          ),
        ),
      )
      await assertResumable(() => openKeycloakSource({ path }))
    })
  }
})

describe('the users of a Firebase project', () => {
  const hashConfigPath = save(`hash_config {
  algorithm: SCRYPT,
  base64_signer_key: jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==,
  base64_salt_separator: Bw==,
  rounds: 8,
  mem_cost: 14,
}`)
  const users = [
    {
      localId: 'a',
      email: 'ada@example.com',
      emailVerified: true,
      passwordHash: 'lSrfV15cpx95_sZS2W9c9Kp6i_LVgQNDNC_qzrCnh1SAyZvqmZqAjTdn3aoItz-VHjoZilo78198JAdRuid5lQ==',
      salt: '42xEC-ixf3L2lw==',
      displayName: 'Ada',
      createdAt: '1589711400000',
      disabled: true,
      customAttributes: '{"roles":["editor"],"role":"viewer","admin":true,"beta":false,"plan":"gold"}',
      providerUserInfo: [],
    },
    { localId: 'b', email: 'bob@example.com', providerUserInfo: [{ providerId: 'google.com', displayName: 'Bob' }] },
    { localId: 'c', phoneNumber: '+4930123456', customAttributes: 'broken' },
  ]

  it('are those of its export, with the parameters of the project in each hash', async () => {
    const path = save(JSON.stringify({ users }))
    assert.deepEqual(await usersOf(await openFirebaseSource({ path, hashConfigPath })), [
      {
        email: 'ada@example.com',
        name: 'Ada',
        passwordHash:
          '$fbscrypt$v=1,n=14,r=8,p=1,ss=Bw==,sk=jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==$42xEC+ixf3L2lw==$lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==',
        roles: ['editor', 'viewer', 'admin'],
        status: 'disabled',
        emailVerified: true,
        createdAt: '2020-05-17T10:30:00.000Z',
      },
      {
        email: 'bob@example.com',
        name: 'Bob',
        passwordHash: null,
        roles: undefined,
        status: 'active',
        emailVerified: false,
        createdAt: undefined,
      },
      {
        email: undefined,
        name: null,
        passwordHash: null,
        roles: [],
        status: 'active',
        emailVerified: false,
        createdAt: undefined,
      },
    ])
    await assertResumable(() => openFirebaseSource({ path, hashConfigPath }))
  })

  it('are refused before the first where there are hashes, and no parameters', async () => {
    const path = save(JSON.stringify({ users: [users[1], users[0]] }))
    await assert.rejects(openFirebaseSource({ path }), /give the project's hash parameters too/)
    const [bob] = await usersOf(await openFirebaseSource({ path: save(JSON.stringify({ users: [users[1]] })) }))
    assert.equal((bob as { email: string }).email, 'bob@example.com')
  })

  it('are refused where the parameters are in a file without end', async () => {
    const path = save(JSON.stringify({ users }))
    await assert.rejects(openFirebaseSource({ path, hashConfigPath: '/dev/zero' }), /have no algorithm/)
  })

  it('are refused where their hashes are not shown', async () => {
    const path = save(JSON.stringify({ users: [{ ...users[0], passwordHash: 'UkVEQUNURUQ=' }] }))
    await assert.rejects(usersOf(await openFirebaseSource({ path, hashConfigPath })), /only "REDACTED"/)
  })

  for (const [what, config, message] of [
    ['no signer key', 'hash_config { algorithm: SCRYPT, rounds: 8 }', /have no base64_signer_key: copy it from/],
    ['another algorithm', 'hash_config { algorithm: BCRYPT }', /are of BCRYPT, and not of SCRYPT/],
    ['nothing', '', /have no algorithm/],
  ] as const) {
    it(`are refused with parameters that have ${what}`, async () => {
      const path = save(JSON.stringify({ users }))
      await assert.rejects(openFirebaseSource({ path, hashConfigPath: save(`${config}\n`) }), {
        name: 'Error',
        message,
      })
    })
  }
})

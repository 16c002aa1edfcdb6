import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import pg from 'pg'
import { DatabaseError, ForeignKeyConstraintError, UniqueConstraintError, type ValidationErrorItem } from 'sequelize'
import { AppError } from '../../src/errors/app-error.ts'
import { explain } from '../../src/explain.ts'
import { errorFields } from '../../src/infrastructure/error-fields.ts'

const SECRET = 'hunter2-and-more'

/** What PostgreSQL says of a statement, with all that the driver hangs on it. */
function postgresError(code: string, message: string) {
  const error = new pg.DatabaseError(message, message.length, 'error')
  const about = { constraint: 'users_email_unique', table: 'users', column: 'email', schema: 'public' }
  const quoting = {
    detail: `Key (email)=(${SECRET}) already exists.`,
    where: SECRET,
    hint: SECRET,
    internalQuery: SECRET,
  }
  return Object.assign(error, { code, ...about, ...quoting, sql: `VALUES ('${SECRET}')`, parameters: [SECRET] })
}

const thrownBy = (work: () => unknown): unknown => {
  try {
    return work()
  } catch (error) {
    return error
  }
}

describe('an error in the log', () => {
  const ofSequelize = (code: string, message: string) => new DatabaseError(postgresError(code, message))
  const unique = new UniqueConstraintError({
    parent: postgresError('23505', 'duplicate key'),
    errors: [{ message: 'must be unique', value: SECRET } as ValidationErrorItem],
    fields: { email: SECRET },
  })
  const foreign = new ForeignKeyConstraintError({
    parent: postgresError('23503', 'no such row'),
    fields: { email: SECRET },
    value: SECRET,
  })

  for (const [what, error] of [
    ['a unique constraint', unique],
    ['a foreign key', foreign],
    ['a check', ofSequelize('23514', `new row for relation "users" violates it: ${SECRET}`)],
    ['a value of the wrong kind', ofSequelize('22P02', `invalid input syntax for type uuid: "${SECRET}"`)],
    ['a statement that cannot be read', ofSequelize('42601', `syntax error at or near "${SECRET}"`)],
    ['what a trigger raises', ofSequelize('P0001', `no ${SECRET}`)],
    ['a statement of a missing table', ofSequelize('42P01', 'relation "users" does not exist')],
    ['an error of the driver', postgresError('22001', SECRET)],
    ['an error with a cause', new AppError('email_taken', { cause: unique })],
    ['a cause that is no error', new Error('wrapped', { cause: SECRET })],
    ['text that is no JSON', thrownBy(() => JSON.parse(`{"a":"b" "${SECRET}"`))],
    ['a value that Node quotes', thrownBy(() => Buffer.alloc(SECRET as unknown as number))],
    ['an address that is none', thrownBy(() => new URL(SECRET))],
    ['a message that quotes', new TypeError(`cannot use '${SECRET}'`)],
    ['a message that quotes a quote', new Error(`Invalid value { a: "it's \\"${SECRET}\\" or" }`)],
    ['a message that quotes without an end', new Error(`not closed: "${SECRET}`)],
    ['a message that looks like a stack', new Error(`"\n    at ${SECRET} (file.ts:1:1)"`)],
    ['several errors', new AggregateError([new Error(SECRET)], `"${SECRET}"`)],
    ['what a library puts on its errors', Object.assign(new Error('x'), { response: { data: SECRET }, input: SECRET })],
    ['a code that is none', Object.assign(new Error('x'), { code: `${SECRET} `, table: [SECRET, ' '] })],
    ['a text', SECRET],
    ['an object', { message: SECRET, stack: SECRET }],
  ] as const) {
    it(`shows nothing that was sent or stored: ${what}`, () => {
      const shown = JSON.stringify(errorFields(error))
      assert.ok(!shown.includes(SECRET), shown)
      assert.match(shown, /"type":"\w+"/)
    })
  }

  it('says which table, column and constraint it was, and with which SQLSTATE', () => {
    const { type, message, cause } = errorFields(unique)
    assert.equal(type, 'UniqueConstraintError')
    assert.equal(message, undefined)
    assert.deepEqual(
      { ...cause, stack: undefined },
      {
        type: 'DatabaseError',
        code: '23505',
        constraint: 'users_email_unique',
        table: 'users',
        column: 'email',
        stack: undefined,
      },
    )
  })

  it('keeps what tells where to look', () => {
    assert.equal(
      errorFields(ofSequelize('42P01', 'relation "users" does not exist')).message,
      'relation "users" does not exist',
    )
    assert.match(
      errorFields(new TypeError('x')).stack ?? '',
      /^ {4}at .*error-fields\.test\.ts:\d+:\d+\)?(\n {4}at .*)*$/,
    )
    const refused = Object.assign(new Error("connect '::1'"), {
      errno: -111,
      syscall: 'connect',
      code: 'ECONNREFUSED',
      port: 5432,
    })
    const { stack: _, ...fields } = errorFields(refused)
    assert.deepEqual(fields, {
      type: 'Error',
      message: "connect '::1'",
      code: 'ECONNREFUSED',
      syscall: 'connect',
      port: '5432',
    })
  })

  it('is one line without control characters', () => {
    const { message } = errorFields(new Error('a\r\nb\u001b[31mc\u009b\u2028\u2029d\u202ee\u0000'))
    assert.equal(message, 'a b [31mc d e ')
  })

  it('ends, however long or circular it is', () => {
    const circular = new Error('x'.repeat(5000))
    circular.cause = circular
    assert.ok(JSON.stringify(errorFields(circular)).length < 20_000)
  })
})

describe('an error at a terminal', () => {
  it('is explained with its causes, and without values', () => {
    assert.equal(explain(new Error('a', { cause: new Error('b') })), 'a\n  b')
    assert.equal(explain(postgresError('23505', SECRET)), 'error 23505')
    assert.ok(!explain(SECRET).includes(SECRET))
  })
})

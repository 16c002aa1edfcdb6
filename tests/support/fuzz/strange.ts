import fc from 'fast-check'
import type { HeaderLine } from './draft.ts'

/** Texts that programs have stumbled over. */
export function strangeTexts(): fc.Arbitrary<string> {
  return fc.oneof(
    // What PostgreSQL does not store, and what it would store as something else.
    fc.constantFrom('\0', 'a\0b', 'abc\ud800', '\udc00\ud800'),
    fc.constantFrom(
      '',
      ' ',
      '\ufeff',
      '\u202etxt',
      '\u200b',
      'a\u0301'.repeat(50),
      'ﷺ'.repeat(50),
      '\u0130',
      "'; DROP TABLE users; --",
      '$(id)',
      '../../etc/passwd',
      '{{7*7}}',
      '%s%s%n',
      'null',
      'undefined',
      'true',
      '__proto__',
      'NaN',
      '-1',
      '1e309',
      '9'.repeat(400),
      'x'.repeat(5000),
      'x'.repeat(16_384),
      '00000000-0000-0000-0000-000000000000',
      '=HYPERLINK("x")',
      '<script>alert(1)</script>',
    ),
    fc.string({ unit: 'binary', maxLength: 40 }),
    // Halves of surrogate pairs too.
    fc.array(fc.nat(0xffff), { maxLength: 20 }).map((units) => String.fromCharCode(...units)),
  )
}

/** JSON values of every kind. */
export function strangeValues(): fc.Arbitrary<unknown> {
  return fc.oneof(
    strangeTexts(),
    fc.constantFrom<unknown>(
      null,
      true,
      0,
      -1,
      1e308,
      2 ** 53 + 2,
      0.1,
      [],
      {},
      [null],
      { $ne: null },
      { length: 1e9 },
    ),
    fc.constantFrom<unknown>({ toString: 1 }, { valueOf: 'x' }, { $gt: '' }, ['a', 'b'], { email: 'a' }, [[[[]]]]),
    fc.jsonValue({ maxDepth: 3 }),
  )
}

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/

/** What Node's client would not send, or what it writes by itself. */
const NOT_OURS = /^(content-length|transfer-encoding|connection|keep-alive|expect|upgrade|trailer|te|~.*)$/i

const headerTexts = (): fc.Arbitrary<string> =>
  fc
    .oneof(
      strangeTexts(),
      fc.constantFrom('~user.token~', '~user.refresh~', 'null', '127.0.0.1', 'https://evil.example'),
    )
    .map((text) => text.replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, '?').slice(0, 1000))

/** Header lines that decide something here, with all kinds of values, and any other. */
export function strangeHeaders(): fc.Arbitrary<HeaderLine> {
  return fc.oneof(
    fc.tuple(
      fc.constantFrom(
        ...[
          'Content-Type',
          'Content-Encoding',
          'Authorization',
          'Cookie',
          'Origin',
          'Sec-Fetch-Site',
          'Host',
          'Accept',
        ],
        ...[
          'X-Request-Id',
          'X-Forwarded-For',
          'X-Forwarded-Host',
          'X-Forwarded-Proto',
          'Forwarded',
          'X-User-Id',
          'X-Real-Ip',
        ],
        ...[
          'X-HTTP-Method-Override',
          'X-Original-URL',
          'User-Agent',
          'Range',
          'If-None-Match',
          'Access-Control-Request-Method',
        ],
      ),
      headerTexts(),
    ),
    fc.constantFrom<HeaderLine>(
      ['Content-Type', 'text/plain'],
      ['Content-Type', 'application/json; charset=utf-16'],
      ['Content-Type', 'multipart/form-data; boundary=x'],
      ['Content-Type', 'application/x-www-form-urlencoded'],
      ['Content-Encoding', 'gzip'],
      ['Content-Encoding', 'br'],
      ['Authorization', 'Bearer ~user.token~'],
      ['Authorization', 'bearer  ~user.token~'],
      ['Authorization', 'Basic dTpw'],
      ['Cookie', '__Host-refresh=~user.refresh~'],
      ['Cookie', '__Host-refresh=j:{"a":1}; __Host-refresh=x'],
      ['Cookie', '__Host-refresh=s:x.y; __proto__=x; =;;'],
      ['Sec-Fetch-Site', 'cross-site'],
      ['Origin', 'null'],
      ['X-HTTP-Method-Override', 'DELETE'],
    ),
    fc.tuple(
      fc.string({ minLength: 1, maxLength: 30 }).filter((name) => TOKEN.test(name) && !NOT_OURS.test(name)),
      headerTexts(),
    ),
  )
}

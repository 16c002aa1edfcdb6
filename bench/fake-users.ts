import { CHINESE, CYRILLIC, ENGLISH, EUROPEAN, type Language } from './names.ts'
import { seededRandom } from './random.ts'

export interface FakeUser {
  /** A UUID of version 7, made at `createdAt`: in the order of ids, users are in the order of their creation. */
  id: string
  email: string
  name: string | null
  status: 'active' | 'disabled'
  roles: string[]
  createdAt: Date
}

const SEED = 20_261_123
const FIRST_AT = Date.UTC(2021, 0, 1)
const LAST_AT = Date.UTC(2026, 10, 1)
const AUDITORS = 5

/**
 * Who came first, as a share of all: the people of a company, and those with a role that nobody was given later. A list
 * of either, newest first, has to pass by everybody else or to know better.
 */
const FIRST_COMPANY = 'umbrella.example'
const FIRST_COMPANY_SHARE = 0.03
const FOUNDER_SHARE = 0.05

/** What comes first is the most frequent. */
const DOMAINS = `gmail.com outlook.com yahoo.com icloud.com hotmail.com proton.me gmx.de web.de orange.fr mail.ru qq.com
  163.com aol.com fastmail.com posteo.de libero.it wanadoo.fr seznam.cz wp.pl bluewin.ch telia.se uni-heidelberg.de
  ox.ac.uk mit.edu northwind.example contoso.example initech.example`.split(/\s+/)

/** The same users at every call, the oldest first. */
export function* fakeUsers(count: number): Generator<FakeUser> {
  const random = seededRandom(SEED)
  const uniqueEmail = emailsWithNumbers()
  const auditors = new Set(Array.from({ length: AUDITORS }, (_, index) => Math.floor((index * count) / AUDITORS)))
  const spacingMs = (LAST_AT - FIRST_AT) / count
  for (let index = 0; index < count; index++) {
    const place = index / count
    const createdAt = new Date(FIRST_AT + Math.floor((index + random()) * spacingMs))
    const person = fakePerson(random)
    yield {
      id: uuidv7At(createdAt, random),
      email: uniqueEmail(person.mailbox, place < FIRST_COMPANY_SHARE ? FIRST_COMPANY : oftenTheFirst(DOMAINS, random)),
      name: random() < 0.1 ? null : person.name,
      status: random() < 0.001 ? 'disabled' : 'active',
      roles: ['user', ...moreRoles(place, random), ...(auditors.has(index) ? ['auditor'] : [])],
      createdAt,
    }
  }
}

/** `place` is the share of users who came before. */
function moreRoles(place: number, random: () => number): string[] {
  return [...(random() < 0.1 ? ['editor'] : []), ...(place < FOUNDER_SHARE ? ['founder'] : [])]
}

/** The second with the same name at the same domain is given a number, as everywhere. */
function emailsWithNumbers() {
  const counts = new Map<string, number>()
  return (mailbox: string, domain: string): string => {
    const plain = `${mailbox}@${domain}`
    const count = (counts.get(plain) ?? 0) + 1
    counts.set(plain, count)
    return count === 1 ? plain : `${mailbox}${count}@${domain}`
  }
}

function fakePerson(random: () => number): { name: string; mailbox: string } {
  const { givenNames, familyNames, familyNameFirst } = languageOf(random())
  const [given = '', givenAscii = given.toLowerCase()] = oftenTheFirst(givenNames, random).split(':')
  const [family = '', familyAscii = family.toLowerCase()] = oftenTheFirst(familyNames, random).split(':')
  const name = familyNameFirst ? `${family}${given}` : `${given} ${family}`
  return { name, mailbox: mailboxOf(givenAscii, familyAscii, random()) }
}

function languageOf(share: number): Language {
  if (share < 0.6) return ENGLISH
  if (share < 0.85) return EUROPEAN
  return share < 0.95 ? CYRILLIC : CHINESE
}

function mailboxOf(given: string, family: string, share: number): string {
  if (share < 0.6) return `${given}.${family}`
  if (share < 0.8) return `${given.charAt(0)}${family}`
  return share < 0.9 ? `${family}_${given}` : `${given}${family.charAt(0)}`
}

/** The first half of the list is chosen more than twice as often as the second. */
function oftenTheFirst(list: readonly string[], random: () => number): string {
  return list[Math.floor(random() ** 2 * list.length)] ?? ''
}

/** RFC 9562 §5.7: 48 bits of milliseconds, version and variant, and 74 bits of chance. */
function uuidv7At(instant: Date, random: () => number): string {
  const bits = (count: number) => Math.floor(random() * 2 ** count)
  const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0')
  const milliseconds = hex(instant.getTime(), 12)
  return [
    milliseconds.slice(0, 8),
    milliseconds.slice(8),
    hex(0x7000 + bits(12), 4),
    hex(0x8000 + bits(14), 4),
    `${hex(bits(24), 6)}${hex(bits(24), 6)}`,
  ].join('-')
}

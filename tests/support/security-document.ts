/** One row of a table of requirements in docs/security.md. */
export interface RequirementRow {
  numbers: string[]
  level: number
  state: string
  how: string
  proof: Proof
}

export interface Proof {
  tests: NamedTest[]
  /** What a link leads to: an anchor of the same page, or a path from it. */
  links: string[]
  /** Names for `npm run bench --`. */
  benches: string[]
}

export interface NamedTest {
  /** The end of a path below tests/. */
  file: string
  title: string
}

const REQUIREMENT = /^\| ([\d., ]+) \| ([123]) \| ([a-z ]+) \| (.+?) \| (.*) \|$/gm
const PROMISE = /^\| (P\d+) \| .+? \| (.*) \|$/gm

export function requirementRows(text: string): RequirementRow[] {
  return text
    .matchAll(REQUIREMENT)
    .map(([, numbers = '', level, state = '', how = '', proof = '']) => {
      return { numbers: numbers.split(', '), level: Number(level), state, how, proof: proofOf(proof) }
    })
    .toArray()
}

export function promiseRows(text: string): { name: string; proof: Proof }[] {
  return text
    .matchAll(PROMISE)
    .map(([, name = '', proof = '']) => ({ name, proof: proofOf(proof) }))
    .toArray()
}

/** `file › title` in code is a test, `npm run bench -- name` a bench. */
export function proofOf(text: string): Proof {
  const codes = [...text.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code)
  return {
    tests: codes.filter((code) => code.includes(' › ')).map(namedTest),
    links: [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, target = '']) => target),
    benches: codes.filter((code) => code.startsWith('npm run bench')).map((code) => code.split(' ').at(-1) ?? ''),
  }
}

function namedTest(code: string): NamedTest {
  const [file = '', ...title] = code.split(' › ')
  return { file, title: title.join(' › ') }
}

/** The anchors of a page's headings, as the usual renderers make them. */
export function anchorsOf(text: string): string[] {
  return text
    .matchAll(/^#+ (.+)$/gm)
    .map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    )
    .toArray()
}

/**
 * Whether a test file has an `it` of this title. Where the title is a template, what fills it in must be a number or
 * stand somewhere in the file.
 */
export function hasTitle(source: string, title: string): boolean {
  return patternsOf(source).some((pattern) => {
    const filled = pattern.exec(title)?.slice(1)
    return filled?.every((text) => /^\d+$/.test(text) || source.includes(text)) ?? false
  })
}

function patternsOf(source: string): RegExp[] {
  const title = /\bit\(\s*(?:'((?:\\.|[^'\\])*)'|"((?:\\.|[^"\\])*)"|`((?:\\.|[^`\\])*)`)/g
  return source
    .matchAll(title)
    .map(([, single, double, template]) => {
      if (template === undefined) return exactly([single ?? double ?? ''])
      return exactly(template.split(/\$\{(?:[^{}]|\{[^{}]*\})*\}/))
    })
    .toArray()
}

const exactly = (fixed: readonly string[]): RegExp =>
  new RegExp(`^${fixed.map((part) => RegExp.escape(part.replaceAll(/\\(.)/g, '$1'))).join('(.+)')}$`)

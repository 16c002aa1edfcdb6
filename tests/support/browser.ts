import { spawnSync } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

const PROGRAM = 'chromium'
const SCREENSHOTS = fileURLToPath(new URL('../../.screenshots/', import.meta.url))

/** What a page did that nobody may find it doing. */
export interface Seen {
  violations: string[]
  console: string[]
  /** Everything it asked for, as `GET http://…`. */
  requests: string[]
}

/** What a page has and Node has not. */
interface PageGlobals {
  addEventListener(type: string, listen: (event: { violatedDirective: string; blockedURI: string }) => void): void
  noteViolation(text: string): void
}

/** Why the tests of a browser must be skipped, or false. */
export function missingBrowser(): string | false {
  return pathOf(PROGRAM) === '' ? `${PROGRAM} is not installed` : false
}

/** Debian's own. `await using` stops it. */
export async function startBrowser() {
  // Its sandbox does not start for root, as whom containers run tests.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  const browser = await chromium.launch({ executablePath: pathOf(PROGRAM), args })
  return {
    open: (options?: BrowserContextOptions) => openProfile(browser, options),
    [Symbol.asyncDispose]: () => browser.close(),
  }
}

/** A browser that knows nobody, whose tabs share their cookies. */
async function openProfile(browser: Browser, options: BrowserContextOptions = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })
  return { tab: () => openTab(context), cookies: () => context.cookies(), [Symbol.asyncDispose]: () => context.close() }
}

async function openTab(context: BrowserContext): Promise<{ page: Page; seen: Seen }> {
  const seen: Seen = { violations: [], console: [], requests: [] }
  const page = await context.newPage()
  await page.exposeFunction('noteViolation', (text: string) => void seen.violations.push(text))
  await page.addInitScript(() => {
    const { addEventListener, noteViolation } = globalThis as unknown as PageGlobals
    addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
      noteViolation(`${violatedDirective} ${blockedURI}`),
    )
  })
  page.on('console', (message) => void seen.console.push(`${message.type()} ${message.text()}`))
  page.on('pageerror', ({ message }) => void seen.console.push(`thrown ${message}`))
  page.on('request', (request) => void seen.requests.push(`${request.method()} ${request.url()}`))
  return { page, seen }
}

/** Kept where git does not look, for people to look at. */
export async function keepScreenshot(page: Page, name: string): Promise<void> {
  await mkdir(SCREENSHOTS, { recursive: true })
  await page.screenshot({ path: `${SCREENSHOTS}${name}.png` })
}

function pathOf(program: string): string {
  const { PATH } = process.env
  return spawnSync('sh', ['-c', `command -v ${program}`], { env: { PATH } })
    .stdout.toString()
    .trim()
}

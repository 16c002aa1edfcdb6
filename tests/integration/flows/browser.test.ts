import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Page } from 'playwright-core'
import { freshEmail } from '../../support/accounts.ts'
import { keepScreenshot, missingBrowser, type Seen, startBrowser } from '../../support/browser.ts'
import { PASSWORD, serverOfThisFile } from '../../support/test-server.ts'

const server = await serverOfThisFile()
const skip = missingBrowser()

// Not on the suite: the runner does not count a suite that is skipped.
if (skip) it('the page at /docs, in a browser', { skip })
else describeDocs()

function describeDocs(): void {
  describe('the page at /docs, in a browser', { concurrency: 1 }, () => {
    let browser: Awaited<ReturnType<typeof startBrowser>>
    let page: Page
    let seen: Seen
    before(async () => {
      browser = await startBrowser()
      const profile = await browser.open()
      ;({ page, seen } = await profile.tab())
    })
    after(() => browser?.[Symbol.asyncDispose]())

    const email = freshEmail()
    const bar = () => page.locator('header')
    const operation = (id: string) => page.locator(`.opblock[id$="-${id}"]`)

    /** Opens an operation, fills in its body, and executes it; what is answered, as the page shows it. */
    async function attempt(id: string, body?: object): Promise<{ status: string; text: string }> {
      const block = operation(id)
      await block.locator('.opblock-summary-control').click()
      if (body) await block.locator('textarea.body-param__text').fill(JSON.stringify(body))
      await block.getByRole('button', { name: 'Execute' }).click()
      const row = block.locator('.live-responses-table tr.response')
      const status = await row.locator('.response-col_status').innerText()
      return { status: status.trim(), text: await row.locator('.response-col_description').innerText() }
    }

    it('is where the bare address leads', async () => {
      await page.goto(server.url)
      await operation('login').waitFor()
      assert.equal(page.url(), `${server.url}/docs`)
      assert.equal(await page.title(), 'Gatehouse: read and try the API')
      await keepScreenshot(page, 'docs')
    })

    it('shows each operation of the document, and asks for nothing that is filled in without need', async () => {
      const document = (await server.get('/openapi.json')).body
      const operations = Object.values<object>(document.paths).flatMap((path) => Object.values(path))
      assert.equal(await page.locator('.opblock').count(), operations.length)
      await operation('listUsers').locator('.opblock-summary-control').click()
      const filled = await operation('listUsers').locator('input').evaluateAll(valuesOf)
      assert.deepEqual(filled, ['', '', '', ''])
    })

    it('does not let in who is not signed in', async () => {
      const { status, text } = await attempt('listSessions')
      assert.equal(status, '401')
      assert.match(text, /"code": "unauthenticated"/)
    })

    it('is signed in by a registration that is tried', async () => {
      const { status, text } = await attempt('register', { email, password: PASSWORD, name: 'Ada Lovelace' })
      assert.equal(status, '201')
      assert.match(text, new RegExp(email))
      await bar().getByText(`Signed in as ${email}`).waitFor()
    })

    it('logs out in the bar, and the token and all that was shown are gone', async () => {
      const { token } = JSON.parse(
        await operation('register').locator('.live-responses-table code').first().innerText(),
      )
      assert.equal((await server.get('/verify', token)).status, 204)
      await bar().getByRole('button', { name: 'Log out' }).click()
      await bar().getByRole('button', { name: 'Log in' }).waitFor()
      await operation('register').waitFor()
      assert.equal((await server.get('/verify', token)).status, 401)
      assert.doesNotMatch(await page.content(), new RegExp(email))
      const { status } = await attempt('getAccountByPost')
      assert.equal(status, '401')
    })

    it('says what is wrong with a login', async () => {
      await bar().getByLabel('Email').fill(email)
      await bar().getByLabel('Password').fill('another one')
      await bar().getByRole('button', { name: 'Log in' }).click()
      await bar().getByText('Email or password is wrong.').waitFor()
    })

    it('logs in with the keyboard alone, and calls /userdetails without a token being copied', async () => {
      await bar().getByLabel('Email').focus()
      await page.keyboard.press('ControlOrMeta+A')
      await page.keyboard.type(email)
      await page.keyboard.press('Tab')
      await page.keyboard.type(PASSWORD)
      await page.keyboard.press('Enter')
      await bar().getByText(`Signed in as ${email}`).waitFor()

      const { status, text } = await attempt('getAccount')
      assert.equal(status, '200')
      assert.match(text, new RegExp(`"email": "${email}"`))
      assert.match(text, /"name": "Ada Lovelace"/)
      await operation('getAccount').locator('.live-responses-table').scrollIntoViewIfNeeded()
      await keepScreenshot(page, 'docs-userdetails')
    })

    it('keeps the token in no storage and no cookie, so that a reload forgets it', async () => {
      assert.deepEqual(await page.evaluate(() => [localStorage.length, sessionStorage.length]), [0, 0])
      const cookies = await page.context().cookies()
      assert.deepEqual(
        cookies.map(({ name, httpOnly }) => [name, httpOnly]),
        [['__Host-device', true]],
      )
      await page.reload()
      await bar().getByRole('button', { name: 'Log in' }).waitFor()
    })

    it('has broken no rule of its policy, asked no other host, and complained of nothing but refusals', () => {
      assert.deepEqual(seen.violations, [])
      const elsewhere = seen.requests.filter(
        (request) => !request.includes(` ${server.url}/`) && !/ data:/.test(request),
      )
      assert.deepEqual(elsewhere, [])
      const refusal = /^error Failed to load resource: the server responded with a status of 40[01] /
      assert.deepEqual(
        seen.console.filter((line) => !refusal.test(line)),
        [],
      )
    })

    it('is dark for who has it dark, and a link for who has no script', async () => {
      await page.emulateMedia({ colorScheme: 'dark' })
      await page.locator('html.dark-mode').waitFor()
      const { page: plain } = await (await browser.open({ javaScriptEnabled: false })).tab()
      await plain.goto(`${server.url}/docs`)
      assert.match(await plain.locator('body').innerText(), /needs JavaScript/)
      assert.equal(await plain.getByLabel('Password').isVisible(), false)
      const link = await plain.getByRole('link', { name: 'openapi.json' }).getAttribute('href')
      assert.equal((await server.get(new URL(link ?? '', plain.url()).pathname)).status, 200)
    })
  })
}

const valuesOf = (inputs: unknown[]): string[] => inputs.map((input) => (input as { value: string }).value)

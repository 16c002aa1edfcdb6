import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import type { Page, Response } from 'playwright-core'
import { startFrontend } from '../../../examples/frontend/dev-server.ts'
import { typesOf } from '../../../examples/frontend/types-of.ts'
import { freePort } from '../../../src/infrastructure/embedded-postgres/free-port.ts'
import { freshEmail } from '../../support/accounts.ts'
import { keepScreenshot, missingBrowser, type Seen, startBrowser } from '../../support/browser.ts'
import { heldUp } from '../../support/held-up.ts'
import { PASSWORD, serverOfThisFile } from '../../support/test-server.ts'

const frontendPort = await freePort()
const frontendUrl = `http://127.0.0.1:${frontendPort}`
const server = await serverOfThisFile({ env: { CORS_ORIGINS: frontendUrl } })
const skip = missingBrowser()

describe('the client of examples/frontend', () => {
  it('has the types that are made of the document of today: npm run generate:client', async () => {
    const kept = await readFile(new URL('../../../examples/frontend/web/schema.d.ts', import.meta.url), 'utf8')
    const made = await typesOf((await server.get('/openapi.json')).body)
    // Not compared by assert, which would print both.
    assert.ok(kept === made, 'examples/frontend/web/schema.d.ts is of another document')
  })
})

if (skip) it('examples/frontend, in a browser', { skip })
else describeFrontend()

function describeFrontend(): void {
  describe('examples/frontend, in a browser', { concurrency: 1 }, () => {
    let browser: Awaited<ReturnType<typeof startBrowser>>
    let frontend: Awaited<ReturnType<typeof startFrontend>>
    let profile: Awaited<ReturnType<typeof browser.open>>
    let first: { page: Page; seen: Seen }
    let second: { page: Page; seen: Seen }
    before(async () => {
      frontend = await startFrontend({ gatehouseUrl: server.url, host: '127.0.0.1', port: frontendPort })
      browser = await startBrowser()
      profile = await browser.open()
      first = await profile.tab()
      second = await profile.tab()
      await first.page.clock.install()
      await first.page.goto(frontendUrl)
    })
    after(async () => {
      await browser?.[Symbol.asyncDispose]()
      await frontend?.[Symbol.asyncDispose]()
    })

    const email = freshEmail()
    const isSignedIn = (page: Page) => page.getByText(`Signed in as ${email}`).waitFor()
    const isSignedOut = (page: Page) => page.getByRole('button', { name: 'Log in' }).waitFor()
    const refreshes = ({ seen }: { seen: Seen }) =>
      seen.requests.filter((request) => request === `POST ${server.url}/refresh`).length

    async function fillIn(page: Page, password: string, way: string): Promise<void> {
      await page.getByLabel('Email').fill(email)
      await page.getByLabel('Password').fill(password)
      await page.getByRole('button', { name: way }).click()
    }

    /** Past the client, which would wait for its turn. */
    async function refreshIn(page: Page) {
      const isAnswer = (answer: Response) =>
        answer.url() === `${server.url}/refresh` && answer.request().method() === 'POST'
      const [answer] = await Promise.all([
        page.waitForResponse(isAnswer),
        page.evaluate(`fetch('${server.url}/refresh', { method: 'POST', credentials: 'include',
          headers: { 'content-type': 'application/json' }, body: '{}' }).then(() => null)`),
      ])
      return [answer.status(), /__Host-refresh=([^;]+)/.exec((await answer.headerValue('set-cookie')) ?? '')?.[1]]
    }

    const keptToken = async () => (await profile.cookies()).find(({ name }) => name === '__Host-refresh')?.value

    async function openSessions(): Promise<number> {
      const sql =
        'SELECT count(*) FROM sessions JOIN users ON users.id = user_id WHERE email = $1 AND revoked_at IS NULL'
      const [row] = await server.database.query(sql, [email])
      return Number(row?.count)
    }

    it('shows the way in to who is not signed in', () => isSignedOut(first.page))

    it('shows the wrong place of a registration at its field', async () => {
      await fillIn(first.page, 'password', 'Create an account')
      await first.page.getByRole('alert').getByText('password ').waitFor()
      assert.equal(await first.page.getByLabel('Password').getAttribute('aria-invalid'), 'true')
      assert.equal(await first.page.getByLabel('Email').getAttribute('aria-invalid'), 'false')
      await keepScreenshot(first.page, 'frontend-problem')
    })

    it('registers, is signed in, and has one session', async () => {
      await fillIn(first.page, PASSWORD, 'Create an account')
      await isSignedIn(first.page)
      assert.equal(await first.page.getByRole('alert').innerText(), '')
      assert.equal(await openSessions(), 1)
    })

    it('calls what is restricted', async () => {
      await first.page.getByRole('button', { name: 'Show the best films' }).click()
      await first.page.getByRole('listitem').first().waitFor()
      assert.equal(await first.page.getByRole('listitem').count(), 5)
      await keepScreenshot(first.page, 'frontend')
    })

    it('keeps the refresh token where no script reads it, and the access token in memory', async () => {
      const readable = await first.page.evaluate(() => {
        const { document, localStorage, sessionStorage } = globalThis as unknown as {
          document: { cookie: string }
          localStorage: Storage
          sessionStorage: Storage
        }
        return [document.cookie, localStorage.length, sessionStorage.length]
      })
      assert.deepEqual(readable, ['', 0, 0])
      const refresh = (await profile.cookies()).find(({ name }) => name === '__Host-refresh')
      assert.deepEqual([refresh?.httpOnly, refresh?.secure, refresh?.sameSite], [true, true, 'Strict'])
    })

    it('is still signed in when it is reloaded', async () => {
      await first.page.reload()
      await isSignedIn(first.page)
    })

    it('is signed in in a second tab', async () => {
      await second.page.goto(frontendUrl)
      await isSignedIn(second.page)
      assert.equal(await openSessions(), 1)
    })

    it('stays so when both tabs are opened anew at once', async () => {
      for (let round = 0; round < 3; round++) {
        await Promise.all([first.page.reload(), second.page.reload()])
        await Promise.all([isSignedIn(first.page), isSignedIn(second.page)])
      }
    })

    it('stays so when both tabs refresh with the same token, in no turn', async () => {
      const pages = [first.page, second.page]
      for (let round = 0; round < 5; round++) {
        const presented = await keptToken()
        // Were one answered before the other is sent, the other would come with the successor, or be too old.
        const answers = await heldUp(server.database, 'SELECT FROM sessions FOR UPDATE', pages.length, () =>
          Promise.all(pages.map(refreshIn)),
        )
        const successor = await keptToken()
        assert.notEqual(successor, presented)
        assert.deepEqual(answers, [
          [200, successor],
          [200, successor],
        ])
      }
      await Promise.all([first.page.reload(), second.page.reload()])
      await Promise.all([isSignedIn(first.page), isSignedIn(second.page)])
      assert.equal(await openSessions(), 1)
    })

    it('refreshes by itself before the token expires', async () => {
      const before = refreshes(first)
      await first.page.clock.fastForward(800_000)
      assert.equal(refreshes(first), before)
      const refreshed = first.page.waitForResponse(`${server.url}/refresh`)
      await first.page.clock.fastForward(100_000)
      assert.equal((await refreshed).status(), 200)
      assert.equal(refreshes(first), before + 1)
      await isSignedIn(first.page)
    })

    it('refreshes once and tries again where its token is refused', async () => {
      let refusals = 0
      const before = refreshes(first)
      await first.page.route(`${server.url}/moviedata?*`, async (route) => {
        refusals += 1
        const authorization = refusals === 1 ? 'Bearer worthless' : (await route.request().allHeaders()).authorization
        await route.continue({
          headers: { ...(await route.request().allHeaders()), authorization: authorization ?? '' },
        })
      })
      await first.page.getByRole('button', { name: 'Show the best films' }).click()
      await first.page.getByRole('listitem').first().waitFor()
      assert.equal(refusals, 2)
      assert.equal(refreshes(first), before + 1)
      await first.page.unrouteAll()
    })

    it('says so where Gatehouse cannot be reached, and is signed in afterwards', async () => {
      await first.page.route(`${server.url}/**`, (route) => route.abort())
      await first.page.getByRole('button', { name: 'Show the best films' }).click()
      await first.page.getByText('Gatehouse cannot be reached.').waitFor()
      await first.page.getByRole('button', { name: 'Log out' }).click()
      await first.page.getByText('Gatehouse cannot be reached.').waitFor()
      await first.page.unrouteAll()
      assert.equal(await openSessions(), 1)
      await isSignedIn(first.page)
    })

    it('logs out in all tabs, and a reload brings nothing back', async () => {
      await first.page.getByRole('button', { name: 'Log out' }).click()
      await Promise.all([isSignedOut(first.page), isSignedOut(second.page)])
      assert.equal(await openSessions(), 0)
      await second.page.reload()
      await isSignedOut(second.page)
      assert.deepEqual(
        (await profile.cookies()).map(({ name }) => name),
        ['__Host-device'],
      )
    })

    it('says that a password is wrong, and logs in with the right one, in all tabs', async () => {
      await fillIn(first.page, 'not that one', 'Log in')
      await first.page.getByRole('alert').getByText('Email or password is wrong.').waitFor()
      await isSignedOut(second.page)
      await fillIn(first.page, PASSWORD, 'Log in')
      await Promise.all([isSignedIn(first.page), isSignedIn(second.page)])
    })

    it('is signed out by a session that somebody else ends', async () => {
      const { token } = (await server.post('/login', { email, password: PASSWORD })).body
      assert.equal((await server.send('DELETE', '/sessions', { token })).status, 204)
      await first.page.getByRole('button', { name: 'Show the best films' }).click()
      await isSignedOut(first.page)
    })

    it('has broken no rule of its policy, and asked nobody but itself and Gatehouse', () => {
      for (const { seen } of [first, second]) {
        assert.deepEqual(seen.violations, [])
        const own = [`${frontendUrl}/`, `${server.url}/`, 'data:']
        const elsewhere = seen.requests.filter(
          (request) => !own.some((start) => request.split(' ')[1]?.startsWith(start)),
        )
        assert.deepEqual(elsewhere, [])
        assert.deepEqual(
          seen.console.filter((line) => !line.startsWith('error Failed to load resource:')),
          [],
        )
      }
    })
  })
}

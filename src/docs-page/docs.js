/**
 * The page at /docs: Swagger UI on this server's own document. Whoever logs in, in the bar or by trying an operation, is
 * signed in for all that follows. The token is kept in the memory of the page only, so it is gone with it (ASVS 14.3.3).
 */

const SCHEME = 'accessToken'

/** Where the API is: the folder of this page, on the origin that the browser sees. */
const BASE = new URL('.', location.href)

const form = /** @type {HTMLFormElement} */ (document.querySelector('#login'))
const session = /** @type {HTMLElement} */ (document.querySelector('#session'))
const who = /** @type {HTMLElement} */ (document.querySelector('#who'))
const message = /** @type {HTMLElement} */ (document.querySelector('#message'))

/** @type {string | null} */
let token = null
let email = ''

followColorScheme()
const openApi = await (await fetch(new URL('openapi.json', BASE))).json()
const ui = SwaggerUIBundle({
  dom_id: '#api',
  spec: asTried(openApi),
  deepLinking: true,
  tryItOutEnabled: true,
  displayRequestDuration: true,
  defaultModelsExpandDepth: 0,
  // Otherwise it would ask a server of its makers.
  validatorUrl: null,
  responseInterceptor: noticeAnswer,
  plugins: [{ statePlugins: { auth: { wrapActions: { authorize: thenShow, logout: thenShow } } } }],
})
show()
form.addEventListener('submit', (event) => {
  event.preventDefault()
  void logIn()
})
document.querySelector('#logout')?.addEventListener('click', () => void logOut())

async function logIn() {
  const { email, password } = Object.fromEntries(new FormData(form))
  const answer = await post('login', { email, password })
  if (!answer) return
  form.reset()
  notice(answer)
}

/** With the page goes all that it shows of whoever was signed in (ASVS 14.3.1). */
async function logOut() {
  if (await post('logout', {})) location.reload()
}

/**
 * The answer's JSON, or null where it is an error, which is then shown.
 * @param {string} path
 * @param {object} body
 */
async function post(path, body) {
  const authorization = token === null ? {} : { authorization: `Bearer ${token}` }
  const headers = { 'content-type': 'application/json', ...authorization }
  const answer = await fetch(new URL(path, BASE), { method: 'POST', headers, body: JSON.stringify(body) })
  const json = answer.status === 204 ? {} : await answer.json()
  message.textContent = answer.ok ? '' : json.detail
  if (json.code === 'invalid_token') forget(json.detail)
  return answer.ok ? json : null
}

/**
 * What Swagger UI was answered with.
 * @param {SwaggerAnswer} answer
 */
function noticeAnswer(answer) {
  if (answer.status === 204 && new URL(answer.url).pathname.endsWith('/logout')) forget('Logged out.')
  else notice(answer.body ?? {})
  return answer
}

/** @param {{ token?: unknown, tokenType?: unknown, user?: { email: string }, code?: string, detail?: string }} body */
function notice(body) {
  if (typeof body.token === 'string' && body.tokenType === 'Bearer') {
    email = body.user?.email ?? email
    message.textContent = ''
    const schema = openApi.components.securitySchemes[SCHEME]
    ui.authActions.authorize({ [SCHEME]: { name: SCHEME, schema, value: body.token } })
  } else if (body.code === 'invalid_token') forget(body.detail ?? '')
}

/** @param {string} why */
function forget(why) {
  ui.authActions.logout([SCHEME])
  message.textContent = why
}

/**
 * Swagger UI knows who is signed in, also by its own dialog; the bar follows it.
 * @param {(payload: unknown) => unknown} original
 */
function thenShow(original) {
  return (/** @type {any} */ payload) => {
    const result = original(payload)
    token = payload[SCHEME]?.value ?? null
    if (token === null) email = ''
    show()
    return result
  }
}

function show() {
  form.hidden = token !== null
  session.hidden = token === null
  who.textContent = email === '' ? '' : ` as ${email}`
}

/**
 * The document as a page needs it: asked of where the page comes from; without what a browser sends by itself; and with
 * no parameter filled in that need not be, which would narrow each list to the examples.
 * @param {OpenApi} openApi
 */
function asTried(openApi) {
  openApi.servers = [{ url: BASE.href.replace(/\/$/, '') }]
  delete openApi.components.securitySchemes.refreshCookie
  for (const operation of Object.values(openApi.paths).flatMap((path) => Object.values(path))) {
    operation.security = operation.security.filter((way) => !('refreshCookie' in way))
    operation.parameters = (operation.parameters ?? []).filter((parameter) => parameter.in !== 'cookie')
    for (const { required, schema } of operation.parameters) if (!required) delete schema.example
  }
  return openApi
}

/** Swagger UI has colours for both, and a class to choose by. */
function followColorScheme() {
  const dark = matchMedia('(prefers-color-scheme: dark)')
  const follow = () => document.documentElement.classList.toggle('dark-mode', dark.matches)
  dark.addEventListener('change', follow)
  follow()
}

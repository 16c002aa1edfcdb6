import { ApiError, createClient } from './client.ts'
import { createSession } from './session.ts'

const element = <T extends HTMLElement>(selector: string) => document.querySelector(selector) as T

const form = element<HTMLFormElement>('#signed-out')
const signedIn = element('#signed-in')
const email = element('#email')
const films = element('#films')
const problem = element('#problem')

const url = element<HTMLMetaElement>('meta[name=gatehouse]').content
const session = createSession(createClient(url), (isSignedIn) => void attempt(() => show(isSignedIn)))

form.addEventListener('submit', (event) => {
  event.preventDefault()
  void attempt(() => enter(event.submitter as HTMLButtonElement))
})
element('#show').addEventListener('click', () => void attempt(showFilms))
element('#logout').addEventListener('click', () => void attempt(session.logout))
void session.resume()

async function show(isSignedIn: boolean): Promise<void> {
  email.textContent = isSignedIn ? (await session.call('get', '/userdetails')).user.email : ''
  element('#wait').hidden = true
  form.hidden = isSignedIn
  signedIn.hidden = !isSignedIn
  if (!isSignedIn) films.replaceChildren()
}

async function enter({ value: way }: HTMLButtonElement): Promise<void> {
  const fields = new FormData(form)
  const credentials = { email: String(fields.get('email')), password: String(fields.get('password')) }
  await (way === 'register' ? session.register(credentials) : session.login(credentials))
  form.reset()
}

async function showFilms(): Promise<void> {
  const { items } = await session.call('get', '/moviedata', { query: { sort: '-imdbRating', limit: 5 } })
  films.replaceChildren(...items.map(({ title, imdbRating }) => line(`${title} (${imdbRating})`)))
}

/** Does what a person asked for, and shows what became of it. */
async function attempt(action: () => Promise<void>): Promise<void> {
  showProblem([], [])
  try {
    await action()
  } catch (error) {
    if (!(error instanceof ApiError)) showProblem(['Gatehouse cannot be reached. Try again in a moment.'], [])
    else showErrors(error)
  }
}

function showErrors({ problem: { detail, errors = [] } }: ApiError): void {
  const places = errors.map(({ pointer, message }) => `${pointer.slice(1)} ${message}`)
  showProblem(
    [detail, ...places],
    errors.map(({ pointer }) => pointer),
  )
}

/** The pointer of a wrong place is the name of its field. */
function showProblem(lines: readonly string[], pointers: readonly string[]): void {
  problem.replaceChildren(...lines.map(paragraph))
  for (const input of form.querySelectorAll('input')) {
    input.setAttribute('aria-invalid', String(pointers.includes(`/${input.name}`)))
  }
}

const line = (text: string) => Object.assign(document.createElement('li'), { textContent: text })
const paragraph = (text: string) => Object.assign(document.createElement('p'), { textContent: text })

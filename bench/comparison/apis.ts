import { PASSWORD } from '../fill-users.ts'
import type { Api } from './server.ts'

export const GATEHOUSE: Api = {
  registerPath: '/register',
  registered: 201,
  loginPath: '/login',
  bodyOf: (email) => ({ email, password: PASSWORD }),
  signedIn: async (answer) => bearer((await fieldsOf(answer)).token),
}

export const BETTER_AUTH: Api = {
  registerPath: '/api/auth/sign-up/email',
  registered: 200,
  loginPath: '/api/auth/sign-in/email',
  bodyOf: (email) => ({ email, password: PASSWORD, name: 'Bench' }),
  signedIn: async (answer) => ({
    cookie: answer.headers
      .getSetCookie()
      .map((line) => line.split(';')[0])
      .join('; '),
  }),
}

export const TUTORIAL: Api = {
  registerPath: '/register',
  registered: 200,
  loginPath: '/login',
  bodyOf: (email) => ({ email, password: PASSWORD }),
  signedIn: async (answer) => bearer((await fieldsOf(answer)).accessToken),
}

const bearer = (token = '') => ({ authorization: `Bearer ${token}` })

const fieldsOf = async (answer: Response) => (await answer.json()) as Record<string, string>

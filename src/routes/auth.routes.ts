import type { AuthController } from '../controllers/auth.controller.ts'
import { type Route, route } from '../http/route.ts'
import { credentials, registration, signedIn } from '../schemas/auth.schema.ts'

export function authRoutes(controller: AuthController): Route[] {
  return [
    route(
      {
        method: 'post',
        path: '/register',
        operationId: 'register',
        summary: 'Create an account and sign in',
        description:
          'The account has the role `user`. `"cookie": true` is as at `/login`. A password that is easy to guess is 400 with the pointer `/password`; there are no rules of composition.',
        tag: 'Registration and login',
        access: 'public',
        refreshCookie: true,
        body: registration,
        answers: {
          201: { description: 'The account, with its first tokens', body: signedIn, headers: ['Set-Cookie'] },
        },
        errors: ['email_taken', 'overloaded'],
      },
      controller.register,
    ),
    route(
      {
        method: 'post',
        path: '/login',
        operationId: 'login',
        summary: 'Exchange an email and a password for tokens',
        description:
          'With `"cookie": true` the refresh token comes only as a cookie, and the session whose cookie the browser had ends. A wrong password, an unknown address and a disabled account get the same answer.',
        tag: 'Registration and login',
        access: 'public',
        deviceCookie: true,
        refreshCookie: true,
        body: credentials,
        answers: { 200: { description: 'The tokens of a new session', body: signedIn, headers: ['Set-Cookie'] } },
        errors: ['invalid_credentials', 'overloaded'],
      },
      controller.login,
    ),
  ]
}

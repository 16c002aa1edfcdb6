import type { AuthController } from '../controllers/auth.controller.ts'
import { type Route, route } from '../http/route.ts'
import { credentials, registration, signedIn } from '../schemas/auth.schema.ts'

export function authRoutes(controller: AuthController): Route[] {
  return [
    route(
      {
        method: 'post',
        path: '/register',
        summary: 'Create an account and sign in',
        tag: 'Registration and login',
        access: 'public',
        body: registration,
        answers: { 201: { description: 'The account, with its first tokens', body: signedIn } },
        errors: ['email_taken', 'overloaded'],
      },
      controller.register,
    ),
    route(
      {
        method: 'post',
        path: '/login',
        summary: 'Exchange an email and a password for tokens',
        tag: 'Registration and login',
        access: 'public',
        deviceCookie: true,
        refreshCookie: true,
        body: credentials,
        answers: { 200: { description: 'The tokens of a new session', body: signedIn } },
        errors: ['invalid_credentials', 'overloaded'],
      },
      controller.login,
    ),
  ]
}

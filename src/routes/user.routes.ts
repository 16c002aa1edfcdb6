import type { UserController } from '../controllers/user.controller.ts'
import { type Route, route } from '../http/route.ts'
import { userAnswer } from '../schemas/user.schema.ts'

export function userRoutes(controller: UserController): Route[] {
  const details = {
    path: '/userdetails',
    tag: 'What is restricted',
    access: 'signed-in',
    answers: { 200: { description: 'The account of the caller', body: userAnswer } },
  } as const
  return [
    route({ ...details, method: 'get', summary: 'Read my account' }, controller.details),
    route(
      { ...details, method: 'post', summary: 'Read my account, for a `fetch` with POST and no body' },
      controller.details,
    ),
  ]
}

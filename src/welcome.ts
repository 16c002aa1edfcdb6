import type { FirstAdmin } from './services/first-admin.service.ts'

/** What a person reads who has just started their first server. */
export function welcome(url: string, { email, password, passwordIsRandom }: FirstAdmin): string {
  return `
Gatehouse is running at ${url}

  Try it in a browser, at ${url}/docs, or:

    curl ${url}/register -H 'Content-Type: application/json' \\
      -d '{ "email": "ada@example.com", "password": "correct horse battery staple" }'

  The administrator, shown only this once:

    email     ${email}
    password  ${passwordIsRandom ? password : '(the ADMIN_PASSWORD that you set)'}

`
}

/** What the API is and what holds for every route, as `/openapi.json` says it. */
export const API_DESCRIPTION = `Users, roles and tokens: who somebody is, and what they may do.

**To begin**, \`POST /register\` or \`POST /login\`. The \`token\` of the answer goes with each further request, as
\`Authorization: Bearer <token>\`; before it expires, \`POST /refresh\` gives the next one. What is ended or changed
(logout, a role, a password) counts at once, also for tokens that are out.

**A request** has a JSON object as its body, at most 16 KiB, or none. What the contract does not name is refused. Paths are
exact; a known path with another method is 405 with \`Allow\`.

**An error** is \`application/problem+json\` (RFC 9457). \`code\` is for programs and never changes; \`errors\` names each
wrong place of the request by a JSON Pointer; \`requestId\` finds it in the log.

Times are ISO 8601 in UTC, ids are UUIDs, durations are seconds.`

/** What belongs together, in the order of a page. Each contract's `tag` is one of them. */
export const API_TAGS = {
  'Registration and login': 'From an email and a password to tokens, and back.',
  'My account': 'What whoever is signed in sees and changes of themselves.',
  Films: 'Something worth signing in for.',
  Administration: 'Accounts, roles and what happened; needs the role `admin`.',
  'Other services': 'Guards any service behind a gateway.',
  Discovery: 'Where things are, for machines and newcomers.',
  Health: 'For whoever watches this server.',
} as const satisfies Record<string, string>

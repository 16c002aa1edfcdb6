import { readRow } from '../read-row.ts'

/** Reads one row, for whoever has the token. */
export const userdetails = readRow({
  name: 'userdetails',
  title: '`/userdetails`',
  path: '/userdetails',
  floorPathOf: ({ body }) => `/userdetails/${JSON.parse(body).user.id}`,
})

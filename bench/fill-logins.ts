import type pg from 'pg'

/** As a login leaves them: a browser's name, an address, an id of the request. */
const SESSIONS = `
  INSERT INTO sessions (id, user_id, refresh_hash, expires_at, ip, user_agent)
  SELECT uuidv7(), id, sha256(uuid_send(id)), now() + interval '30 days', '203.0.113.7', repeat('u', 80) FROM users`
const EVENTS = `
  INSERT INTO audit_events (id, action, actor_id, subject_id, ip, user_agent, request_id)
  SELECT uuidv7(), 'login', id, id, '203.0.113.7', repeat('u', 80), uuidv7()::text FROM users`

/** Everybody has logged in once; a server that runs seals the events. */
export async function fillLogins(client: pg.Client): Promise<void> {
  await client.query(SESSIONS)
  await client.query(EVENTS)
}

/** How many events no seal vouches for yet. */
export async function unsealed(client: pg.Client): Promise<number> {
  const { rows } = await client.query('SELECT count(*)::int AS count FROM audit_events WHERE seal IS NULL')
  return rows[0].count
}

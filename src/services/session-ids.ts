/**
 * What no id of a session is below that began at this instant or later: ids are UUIDs of version 7, which begin with the
 * milliseconds since the epoch (RFC 9562 §5.7), and their order, as texts and in PostgreSQL, is the order of time.
 */
export function firstSessionIdAt(instant: Date): string {
  const milliseconds = instant.getTime().toString(16).padStart(12, '0')
  return `${milliseconds.slice(0, 8)}-${milliseconds.slice(8)}-0000-0000-000000000000`
}

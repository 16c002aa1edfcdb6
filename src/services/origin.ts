/** Who asks for something, and from where: what the audit trail says of each event, and a session of its last use. */
export interface Origin {
  /** The user who is signed in; null for everybody else, and for what the server does by itself. */
  actorId: string | null
  ip: string | null
  userAgent: string | null
  requestId: string | null
}

/** What nobody asked for by HTTP: a schedule, the first start, the command line. */
export const SERVER: Origin = { actorId: null, ip: null, userAgent: null, requestId: null }

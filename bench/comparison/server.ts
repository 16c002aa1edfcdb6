/** A server that people sign in to, as a process of its own. */
export interface Server {
  port: number
  pid: number
  api: Api
}

/** How a server is spoken to about accounts. */
export interface Api {
  registerPath: string
  /** The status of a registration that succeeds. */
  registered: number
  loginPath: string
  bodyOf(email: string): object
  /** What a client sends along from now on, of the answer to its login. */
  signedIn(answer: Response): Promise<Record<string, string>>
}

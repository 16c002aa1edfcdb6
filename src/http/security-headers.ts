import type { IncomingMessage, ServerResponse } from 'node:http'
import helmet from 'helmet'

const NOBODY = ["'none'"]

const forAnApi = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: NOBODY,
      baseUri: NOBODY,
      formAction: NOBODY,
      frameAncestors: NOBODY,
      // `default-src` covers it, but ASVS 3.4.3 asks for it by name.
      objectSrc: NOBODY,
      sandbox: [],
    },
  },
  strictTransportSecurity: { maxAge: 31_536_000, includeSubDomains: true },
  xFrameOptions: { action: 'deny' },
})

const ITSELF = ["'self'"]

/** For the one page there is: its own files, its own server, no script or style in the page, and nothing to be framed. */
const forThePage = helmet.contentSecurityPolicy({
  useDefaults: false,
  directives: {
    defaultSrc: NOBODY,
    scriptSrc: ITSELF,
    styleSrc: ITSELF,
    // Swagger UI has its icons in its style sheet.
    imgSrc: ["'self'", 'data:'],
    connectSrc: ITSELF,
    baseUri: NOBODY,
    formAction: NOBODY,
    frameAncestors: NOBODY,
    objectSrc: NOBODY,
  },
})

/**
 * Headers for an API: nothing in an answer is ever a page, and no page of another origin may embed it (ASVS 3.2.1, 3.4,
 * 3.5.8). Helmet writes the same for every request, so it is asked once. Names and values in turn.
 */
export const securityHeaderLines: readonly string[] = linesOf(forAnApi)

const pagePolicyLines = linesOf(forThePage)

/** In place of the API's policy, whose sandbox lets nothing be a page. The other headers stay. */
export function writePagePolicy(res: ServerResponse): void {
  res.setHeader(pagePolicyLines[0] ?? '', pagePolicyLines[1] ?? '')
}

function linesOf(middleware: typeof forAnApi | typeof forThePage): string[] {
  const lines: string[] = []
  const recorder = {
    setHeader: (name: string, value: string) => lines.push(name, value),
    removeHeader: () => undefined,
  }
  middleware({} as IncomingMessage, recorder as unknown as ServerResponse, () => undefined)
  return lines
}

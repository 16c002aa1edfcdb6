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

/**
 * Headers for an API: nothing in an answer is ever a page, no page of another origin may embed it, and nothing of it is
 * kept (ASVS 3.2.1, 3.4, 3.5.8, 14.2.2). Helmet writes the same for every request, so it is asked once. Names and values
 * in turn.
 */
export const securityHeaderLines: readonly string[] = linesOf(forAnApi, ['Cache-Control', 'no-store'])

export function writeSecurityHeaders(res: ServerResponse): void {
  for (let index = 0; index < securityHeaderLines.length; index += 2) {
    res.setHeader(securityHeaderLines[index] ?? '', securityHeaderLines[index + 1] ?? '')
  }
}

function linesOf(middleware: typeof forAnApi, more: readonly string[]): string[] {
  const lines: string[] = []
  const recorder = {
    setHeader: (name: string, value: string) => lines.push(name, value),
    removeHeader: () => undefined,
  }
  middleware({} as IncomingMessage, recorder as unknown as ServerResponse, () => undefined)
  return [...lines, ...more]
}

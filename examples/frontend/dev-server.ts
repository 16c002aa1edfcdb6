import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { stripTypeScriptTypes } from 'node:module'
import type { AddressInfo } from 'node:net'

export interface FrontendOptions {
  /** Where Gatehouse is, as a browser reaches it. */
  gatehouseUrl: string
  host: string
  /** 0 takes one that is free. */
  port: number
}

const WEB = new URL('web/', import.meta.url)

/** What is served, by path. */
const FILES: Readonly<Record<string, { name: string; contentType: string }>> = {
  '/': { name: 'index.html', contentType: 'text/html' },
  '/style.css': { name: 'style.css', contentType: 'text/css' },
  '/app.ts': { name: 'app.ts', contentType: 'text/javascript' },
  '/client.ts': { name: 'client.ts', contentType: 'text/javascript' },
  '/session.ts': { name: 'session.ts', contentType: 'text/javascript' },
}

/**
 * Serves the front end as it stands: a browser needs nothing of TypeScript but its types taken out. For development; what
 * is deployed are the same files, made once, with the same headers.
 */
export async function startFrontend({ gatehouseUrl, host, port }: FrontendOptions) {
  const server = createServer((req, res) => void answer(req, res))
  server.listen(port, host)
  await once(server, 'listening')
  return { port: (server.address() as AddressInfo).port, [Symbol.asyncDispose]: stop }

  async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const file = FILES[req.url ?? '']
    if (!file) {
      res.writeHead(404).end()
      return
    }
    const text = await readFile(new URL(file.name, WEB), 'utf8')
    res.writeHead(200, {
      'Content-Type': `${file.contentType}; charset=utf-8`,
      'Content-Security-Policy': policy(new URL(gatehouseUrl).origin),
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
      'Cache-Control': 'no-cache',
    })
    res.end(forBrowser(file.name, text))
  }

  function forBrowser(name: string, text: string): string {
    if (name.endsWith('.ts')) return stripTypeScriptTypes(text)
    return text.replace('%GATEHOUSE_URL%', gatehouseUrl)
  }

  async function stop(): Promise<void> {
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  }
}

/** Own files, one API, no script in the page: what is injected into it has nowhere to go. */
function policy(api: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    'img-src data:',
    `connect-src ${api}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join('; ')
}

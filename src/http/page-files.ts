import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import type { Response } from 'express'
import { beginAnswer } from './answer.ts'
import { isClientGone } from './client-gone.ts'
import { writePagePolicy } from './security-headers.ts'

export type PageFileName = keyof typeof folders

const OURS = new URL('../docs-page/', import.meta.url)
const SWAGGER_UI = new URL('.', import.meta.resolve('swagger-ui-dist/package.json'))

/** Every file that is ever read for an answer, and where it is. A request chooses among these names and no path. */
const folders = {
  'docs.html': OURS,
  'docs.css': OURS,
  'docs.js': OURS,
  'icon.svg': OURS,
  'swagger-ui.css': SWAGGER_UI,
  'swagger-ui-bundle.js': SWAGGER_UI,
} as const satisfies Record<string, URL>

/** Kept by whoever likes, and asked for again each time: no page is made of files of two versions. */
const REVALIDATED = 'public, no-cache'

/**
 * Answers with files of the page. Each is read as it is sent, so none is in memory; its hash is, from the first request
 * on.
 */
export function createPageFiles() {
  const tags = new Map<PageFileName, Promise<string>>()
  return { send }

  async function send(res: Response, name: PageFileName, contentType: string): Promise<void> {
    beginAnswer(res)
    writePagePolicy(res)
    res.set('Cache-Control', REVALIDATED)
    res.set('Content-Type', `${contentType}; charset=utf-8`)
    res.set('ETag', await tagOf(name))
    await sendFile(res, name)
  }

  function tagOf(name: PageFileName): Promise<string> {
    const tag = tags.get(name) ?? makeTag(name)
    tags.set(name, tag)
    return tag
  }
}

async function makeTag(name: PageFileName): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(new URL(name, folders[name])), hash)
  return `"${hash.digest('base64url')}"`
}

function sendFile(res: Response, name: PageFileName): Promise<void> {
  const root = fileURLToPath(folders[name])
  const options = { root, cacheControl: false, lastModified: false, acceptRanges: false }
  return new Promise((resolve, reject) => {
    res.sendFile(name, options, (error) => {
      if (!error || isClientGone(error)) resolve()
      else reject(error)
    })
  })
}

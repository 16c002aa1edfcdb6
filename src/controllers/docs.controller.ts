import type { Response } from 'express'
import type { createPageFiles, PageFileName } from '../http/page-files.ts'

export type DocsController = ReturnType<typeof createDocsController>

export function createDocsController(files: ReturnType<typeof createPageFiles>) {
  return { file }

  function file(name: PageFileName, contentType: string) {
    return (_request: unknown, res: Response): Promise<void> => files.send(res, name, contentType)
  }
}

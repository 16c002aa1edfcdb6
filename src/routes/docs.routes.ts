import { z } from 'zod'
import type { DocsController } from '../controllers/docs.controller.ts'
import type { PageFileName } from '../http/page-files.ts'
import { type Route, route } from '../http/route.ts'

/** What the page is made of, besides itself. */
const parts: readonly (readonly [name: PageFileName, contentType: string])[] = [
  ['docs.css', 'text/css'],
  ['docs.js', 'text/javascript'],
  ['icon.svg', 'image/svg+xml'],
  ['swagger-ui.css', 'text/css'],
  ['swagger-ui-bundle.js', 'text/javascript'],
]

export function docsRoutes(controller: DocsController): Route[] {
  const docs = {
    method: 'get',
    tag: 'Discovery',
    access: 'public',
    description: 'Made of files of this server only. May be kept, and is asked for again with `If-None-Match`.',
  } as const
  return [
    route(
      {
        ...docs,
        path: '/docs',
        operationId: 'getDocs',
        summary: 'This API as a page, to read and to try',
        answers: answersAs('text/html'),
      },
      controller.file('docs.html', 'text/html'),
    ),
    ...parts.map(([name, contentType]) =>
      route(
        {
          ...docs,
          partOfPage: true,
          path: `/docs/${name}`,
          operationId: `getDocs ${name}`,
          summary: 'A file of the page',
          answers: answersAs(contentType),
        },
        controller.file(name, contentType),
      ),
    ),
  ]
}

const answersAs = (contentType: string) => ({
  200: { description: 'The file', body: z.string().meta({ example: '…' }), contentType, headers: ['ETag'] as const },
  304: { description: 'It is what `If-None-Match` names', headers: ['ETag'] as const },
})

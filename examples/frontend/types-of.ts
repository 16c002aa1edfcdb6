import { registerHooks } from 'node:module'

// The generator prints with the JavaScript API of TypeScript, which TypeScript 7 has not; this package carries it.
registerHooks({
  resolve: (specifier, context, next) =>
    next(specifier === 'typescript' ? '@ts-morph/common/dist/typescript.js' : specifier, context),
})

/** The TypeScript types of an OpenAPI document, as the text of a `.d.ts` file. */
export async function typesOf(document: object): Promise<string> {
  const { astToString, COMMENT_HEADER, default: openapiTS } = await import('openapi-typescript')
  return COMMENT_HEADER + astToString(await openapiTS(JSON.stringify(document), { alphabetize: true }))
}

import { z } from 'zod'

const problemErrors = z.array(z.object({ pointer: z.string(), message: z.string() }))

/** The body of every error answer (RFC 9457). */
export const problem = z
  .object({
    type: z.string().meta({ example: 'urn:gatehouse:problem:invalid_request' }),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string().meta({ example: 'invalid_request' }),
    requestId: z.string(),
    errors: problemErrors.optional().meta({ description: 'Each wrong place, as a JSON Pointer into the input.' }),
  })
  .meta({ id: 'Problem' })

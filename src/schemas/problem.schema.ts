import { z } from 'zod'

const problemErrors = z.array(
  z.object({
    pointer: z.string().meta({ example: '/email' }),
    message: z.string().meta({ example: 'must be an email address' }),
  }),
)

/** The body of every error answer (RFC 9457). */
export const problem = z
  .object({
    type: z.string().meta({ example: 'urn:gatehouse:problem:invalid_request' }),
    title: z.string().meta({ description: 'For people; may change.', example: 'Invalid request' }),
    status: z.int().meta({ description: 'The status of the answer.', example: 400 }),
    detail: z
      .string()
      .meta({ description: 'For people; may change.', example: 'The request does not match the contract.' }),
    code: z.string().meta({ description: 'For programs; never changes.', example: 'invalid_request' }),
    requestId: z
      .string()
      .meta({ description: 'Finds the request in the log.', example: '019a9f0c-5a21-7d44-8e1f-0b9c7a6d5e4f' }),
    errors: problemErrors.optional().meta({ description: 'Each wrong place, as a JSON Pointer into the input.' }),
  })
  .meta({ id: 'Problem', description: 'What every error answer is (RFC 9457).' })

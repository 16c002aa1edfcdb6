import { z } from 'zod'
import { email, password, personName } from './fields.ts'

/** A wrong one is `invalid_request` at its pointer: 401 would make clients refresh their token. */
const currentPassword = password

export const accountChange = z.strictObject({
  name: personName.nullable().optional(),
  email: email.optional(),
  currentPassword: currentPassword.optional().meta({ description: 'Needed for a new email.' }),
})

export const passwordProof = z.strictObject({ currentPassword })

export const passwordChange = z.strictObject({
  currentPassword,
  newPassword: password.meta({ example: 'a walrus reads under seven lamps' }),
})

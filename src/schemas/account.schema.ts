import { z } from 'zod'
import { password } from './fields.ts'

/** A wrong one is `invalid_request` at its pointer: 401 would make clients refresh their token. */
const currentPassword = password

export const passwordProof = z.strictObject({ currentPassword })

export const passwordChange = z.strictObject({ currentPassword, newPassword: password })

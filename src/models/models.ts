import type { Sequelize } from 'sequelize'
import { defineAuditEvent } from './audit-event.model.ts'
import { defineAuditKey } from './audit-key.model.ts'
import { defineAuditSeal } from './audit-seal.model.ts'
import { defineImport } from './import.model.ts'
import { defineMovie } from './movie.model.ts'
import { defineRevocation } from './revocation.model.ts'
import { defineRole } from './role.model.ts'
import { defineSession } from './session.model.ts'
import { defineSigningKey } from './signing-key.model.ts'
import { defineUser } from './user.model.ts'
import { defineUserRole } from './user-role.model.ts'

export type Models = ReturnType<typeof defineModels>

/** All models on one Sequelize instance, so that two databases can live in one process. */
export function defineModels(sequelize: Sequelize) {
  return {
    user: defineUser(sequelize),
    role: defineRole(sequelize),
    userRole: defineUserRole(sequelize),
    session: defineSession(sequelize),
    signingKey: defineSigningKey(sequelize),
    revocation: defineRevocation(sequelize),
    auditEvent: defineAuditEvent(sequelize),
    auditKey: defineAuditKey(sequelize),
    auditSeal: defineAuditSeal(sequelize),
    import: defineImport(sequelize),
    movie: defineMovie(sequelize),
  }
}

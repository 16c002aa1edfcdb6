import type { QueryInterface } from 'sequelize'

/** Nodes also tell each other of an email that changed, and of a role that is gone for whoever had it. */
export async function up({ sequelize }: QueryInterface): Promise<void> {
  await sequelize.query(`
    ALTER TABLE revocations
      ADD COLUMN email text,
      ADD COLUMN role text,
      DROP CONSTRAINT revocations_session_or_user,
      ADD CONSTRAINT revocations_one_kind CHECK (
        num_nonnulls(session_id, user_id, role) = 1 AND
        CASE WHEN user_id IS NULL THEN num_nonnulls(auth_version, roles, status, email) = 0
          ELSE auth_version > 0 AND roles IS NOT NULL AND status IS NOT NULL
        END
      )`)
}

export async function down({ sequelize }: QueryInterface): Promise<void> {
  await sequelize.query(`
    DELETE FROM revocations WHERE role IS NOT NULL;
    ALTER TABLE revocations
      DROP CONSTRAINT revocations_one_kind,
      DROP COLUMN email,
      DROP COLUMN role,
      ADD CONSTRAINT revocations_session_or_user CHECK (
        (session_id IS NOT NULL AND user_id IS NULL AND auth_version IS NULL AND roles IS NULL AND status IS NULL) OR
        (session_id IS NULL AND user_id IS NOT NULL AND auth_version > 0 AND roles IS NOT NULL AND status IS NOT NULL)
      )`)
}

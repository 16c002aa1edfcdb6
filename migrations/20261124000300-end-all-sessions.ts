import type { QueryInterface } from 'sequelize'

/** Nodes also tell each other that every session is over that began before an instant. */
export async function up({ sequelize }: QueryInterface): Promise<void> {
  await sequelize.query(`
    ALTER TABLE revocations
      ADD COLUMN sessions_before timestamptz,
      DROP CONSTRAINT revocations_one_kind,
      ADD CONSTRAINT revocations_one_kind CHECK (
        num_nonnulls(session_id, user_id, role, sessions_before) = 1 AND
        CASE WHEN user_id IS NULL THEN num_nonnulls(auth_version, roles, status, email) = 0
          ELSE auth_version > 0 AND roles IS NOT NULL AND status IS NOT NULL
        END
      )`)
}

export async function down({ sequelize }: QueryInterface): Promise<void> {
  await sequelize.query(`
    DELETE FROM revocations WHERE sessions_before IS NOT NULL;
    ALTER TABLE revocations
      DROP CONSTRAINT revocations_one_kind,
      DROP COLUMN sessions_before,
      ADD CONSTRAINT revocations_one_kind CHECK (
        num_nonnulls(session_id, user_id, role) = 1 AND
        CASE WHEN user_id IS NULL THEN num_nonnulls(auth_version, roles, status, email) = 0
          ELSE auth_version > 0 AND roles IS NOT NULL AND status IS NOT NULL
        END
      )`)
}

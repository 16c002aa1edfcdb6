import type { QueryInterface } from 'sequelize'

/**
 * What changed in anybody's rights, for nodes that did not hear of it: a session that ended, or what a user may do now.
 * Rows are kept as long as an access token lives. `transaction_id` is how a reader knows what it cannot have seen yet,
 * see docs/decisions/0007-authorization-feed.md. A user that is gone is named too, so there is no foreign key.
 */
export async function up({ sequelize }: QueryInterface): Promise<void> {
  await sequelize.query(`
    CREATE TABLE revocations (
      id             bigint      GENERATED ALWAYS AS IDENTITY CONSTRAINT revocations_pkey PRIMARY KEY,
      session_id     uuid,
      user_id        uuid,
      auth_version   integer,
      roles          text[],
      status         text,
      recorded_at    timestamptz NOT NULL,
      transaction_id xid8        NOT NULL DEFAULT pg_current_xact_id(),
      CONSTRAINT revocations_session_or_user CHECK (
        (session_id IS NOT NULL AND user_id IS NULL AND auth_version IS NULL AND roles IS NULL AND status IS NULL) OR
        (session_id IS NULL AND user_id IS NOT NULL AND auth_version > 0 AND roles IS NOT NULL AND status IS NOT NULL)
      ),
      CONSTRAINT revocations_status_known CHECK (status IN ('active', 'disabled', 'deleted'))
    );
    CREATE INDEX revocations_transaction_id_idx ON revocations (transaction_id);
    CREATE INDEX revocations_recorded_at_idx ON revocations (recorded_at)`)
}

export async function down({ sequelize }: QueryInterface): Promise<void> {
  await sequelize.query('DROP TABLE revocations')
}

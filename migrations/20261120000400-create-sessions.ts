import type { QueryInterface } from 'sequelize'

/** Refresh tokens are stored only as their SHA-256, which is always 32 bytes. */
export async function up({ sequelize }: QueryInterface): Promise<void> {
  await sequelize.query(`
    CREATE TABLE sessions (
      id                    uuid        CONSTRAINT sessions_pkey PRIMARY KEY,
      user_id               uuid        NOT NULL
                            CONSTRAINT sessions_user_id_fkey REFERENCES users (id) ON DELETE CASCADE,
      refresh_hash          bytea       NOT NULL CONSTRAINT sessions_refresh_hash_key UNIQUE,
      previous_refresh_hash bytea,
      rotated_at            timestamptz,
      created_at            timestamptz NOT NULL DEFAULT now(),
      last_used_at          timestamptz NOT NULL DEFAULT now(),
      expires_at            timestamptz NOT NULL,
      revoked_at            timestamptz,
      ip                    inet,
      user_agent            text,
      CONSTRAINT sessions_refresh_hash_length CHECK (octet_length(refresh_hash) = 32),
      CONSTRAINT sessions_previous_refresh_hash_length CHECK (octet_length(previous_refresh_hash) = 32),
      CONSTRAINT sessions_expires_after_creation CHECK (expires_at > created_at),
      CONSTRAINT sessions_user_agent_length CHECK (char_length(user_agent) <= 500)
    );
    CREATE INDEX sessions_user_id_idx ON sessions (user_id)`)
}

export async function down({ sequelize }: QueryInterface): Promise<void> {
  await sequelize.query('DROP TABLE sessions')
}

import type { QueryInterface } from 'sequelize'

export async function up({ sequelize }: QueryInterface): Promise<void> {
  await sequelize.query(`
    CREATE TABLE user_roles (
      user_id    uuid        NOT NULL
                 CONSTRAINT user_roles_user_id_fkey REFERENCES users (id) ON DELETE CASCADE,
      role       text        NOT NULL
                 CONSTRAINT user_roles_role_fkey REFERENCES roles (name) ON UPDATE CASCADE ON DELETE CASCADE,
      granted_by uuid
                 CONSTRAINT user_roles_granted_by_fkey REFERENCES users (id) ON DELETE SET NULL,
      granted_at timestamptz NOT NULL DEFAULT now(),
      CONSTRAINT user_roles_pkey PRIMARY KEY (user_id, role)
    );
    CREATE INDEX user_roles_role_user_id_idx ON user_roles (role, user_id);
    CREATE INDEX user_roles_granted_by_idx ON user_roles (granted_by) WHERE granted_by IS NOT NULL`)
}

export async function down({ sequelize }: QueryInterface): Promise<void> {
  await sequelize.query('DROP TABLE user_roles')
}

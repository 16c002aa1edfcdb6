import type { QueryInterface } from 'sequelize'

export async function up({ sequelize }: QueryInterface): Promise<void> {
  await sequelize.query(`
    INSERT INTO roles (name, description, builtin) VALUES
      ('admin', 'Administers users and roles.', true),
      ('user', 'Every account has this role.', true)
    ON CONFLICT DO NOTHING`)
}

export async function down({ sequelize }: QueryInterface): Promise<void> {
  await sequelize.query("DELETE FROM roles WHERE name IN ('admin', 'user')")
}

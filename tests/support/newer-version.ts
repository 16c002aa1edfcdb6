import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { imageFolder } from './deploy-files.ts'

/** The files of the server with migrations that this version does not have: each is its statements, in order. */
export async function newerVersion(migrations: Readonly<Record<string, readonly string[]>>): Promise<string> {
  const folder = await imageFolder()
  for (const [name, statements] of Object.entries(migrations)) {
    const up = statements.map((statement) => `  await sequelize.query(${JSON.stringify(statement)})`)
    const source = ['export async function up({ sequelize }) {', ...up, '}', 'export async function down() {}', '']
    await writeFile(join(folder, 'migrations', `${name}.ts`), source.join('\n'))
  }
  return folder
}

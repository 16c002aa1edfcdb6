import type { Transaction } from 'sequelize'
import type { ImportModel, ImportProgress } from '../models/import.model.ts'

export type { ImportProgress }

/** How far an import has come. */
export interface ImportState {
  /** The last record that is dealt with, in the words of its source; null before the first. */
  position: string | null
  progress: ImportProgress
}

/** Imports that are not at their end, by a key of what they import and how: 64 hexadecimal digits. */
export function createImportRepository(imports: ImportModel, transaction: Transaction | null = null) {
  return { find, findOrInsert, update, delete: remove }

  async function find(key: string): Promise<ImportState | null> {
    const found = await imports.findByPk(key, { raw: true, transaction })
    return found && { position: found.position, progress: found.progress }
  }

  async function findOrInsert(key: string, first: ImportState): Promise<ImportState> {
    await imports.bulkCreate([{ key, ...first }], { ignoreDuplicates: true, transaction })
    const found = await find(key)
    if (!found) throw new Error('An import has ended that was about to go on.')
    return found
  }

  /** False where it is not at `from` any more: somebody else goes on with it, or has ended it. */
  async function update(key: string, from: string | null, to: ImportState): Promise<boolean> {
    const [count] = await imports.update(to, { where: { key, position: from }, transaction })
    return count > 0
  }

  async function remove(key: string): Promise<void> {
    await imports.destroy({ where: { key }, transaction })
  }
}

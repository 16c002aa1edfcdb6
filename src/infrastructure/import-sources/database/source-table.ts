/** A table as a database or a dump has it. */
export interface SourceTable {
  schema: string
  name: string
  /** What stands for it in a statement. */
  ref: string
  columns: string[]
}

/** What a table is asked for by. */
export interface TableSearch {
  /** In the order in which they are looked for. */
  names: readonly string[]
  /** It has all of them. */
  columns: readonly string[]
}

/** `emailVerified`, `email_verified` and `EMAILVERIFIED` are one name: libraries write it as they like. */
export const plainName = (name: string): string => name.replaceAll('_', '').toLowerCase()

/** Those of a table's columns that are called by one of these names, in the order of the names. */
export function findColumns({ columns }: SourceTable, names: readonly string[]): string[] {
  return names.flatMap((name) => columns.filter((column) => plainName(column) === plainName(name)))
}

export function findTables(tables: readonly SourceTable[], { names, columns }: TableSearch): SourceTable[] {
  const isCalled = new Set(names.map(plainName))
  return tables.filter(
    (table) => isCalled.has(plainName(table.name)) && columns.every((name) => findColumns(table, [name]).length > 0),
  )
}

export const nameOf = ({ schema, name }: SourceTable): string => `${schema}.${name}`

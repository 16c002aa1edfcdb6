import pg from 'pg'
import { findColumns, findTables, type SourceTable } from './source-table.ts'

const ROLES = { names: ['roles', 'role'], columns: ['id'] }
const BETWEEN = {
  names: ['userRoles', 'usersRoles', 'userRole', 'roleUsers', 'rolesUsers', 'roleUser'],
  columns: ['userId', 'roleId'],
}
const ROLE_NAMES = ['name', 'roleName', 'role', 'title']

export const ROLE_TABLES = [...ROLES.names, ...BETWEEN.names]

/** Joins the names of the roles that accounts have by tables of their own: `r.names`, a JSON text. Null without such tables. */
export function joinRoles(tables: readonly SourceTable[], users: SourceTable, idColumn: string): string | null {
  const ofSchema = tables.filter(({ schema, name }) => schema === users.schema && name !== users.name)
  const [roles] = findTables(ofSchema, ROLES)
  const [name] = roles ? findColumns(roles, ROLE_NAMES) : []
  if (!roles || name === undefined) return null
  const names = `json_agg(role.${pg.escapeIdentifier(name)} ORDER BY role.${pg.escapeIdentifier(name)}) AS names`
  const [between] = findTables(ofSchema, BETWEEN)
  if (between) {
    const [user, role] = BETWEEN.columns.map((column) => quoted(between, column))
    return `LEFT JOIN (SELECT has.${user} AS user_id, ${names} FROM ${between.ref} AS has
              JOIN ${roles.ref} AS role ON role.${quoted(roles, 'id')} = has.${role} GROUP BY 1) AS r
            ON r.user_id = u.${pg.escapeIdentifier(idColumn)}`
  }
  if (findColumns(users, ['roleId']).length === 0) return null
  return `LEFT JOIN (SELECT role.${quoted(roles, 'id')} AS role_id, ${names} FROM ${roles.ref} AS role GROUP BY 1) AS r
          ON r.role_id = u.${quoted(users, 'roleId')}`
}

const quoted = (table: SourceTable, name: string): string => pg.escapeIdentifier(findColumns(table, [name])[0] ?? name)

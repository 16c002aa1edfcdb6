/** The columns of a `User`, as the model names them. */
export const USER_COLUMNS = `id, email, name, status, auth_version AS "authVersion",
                   email_verified_at AS "emailVerifiedAt", created_at AS "createdAt", updated_at AS "updatedAt"`

/** With the roles, by a correlated subselect instead of a join: one row a user, and no grouping. */
export const SHOWN_USER = `${USER_COLUMNS},
                   ARRAY(SELECT role FROM user_roles WHERE user_id = users.id ORDER BY role) AS roles`

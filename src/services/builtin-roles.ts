/** The role that administers. There is always an active user who has it. */
export const ADMIN_ROLE = 'admin'

/** The role that every new account has. */
export const USER_ROLE = 'user'

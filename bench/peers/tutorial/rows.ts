import type { Model } from 'sequelize'
import type { cleanMovie } from '../../../seeders/data/clean-movie.ts'

type Row<Attributes extends object> = Model<Attributes> & Attributes & { id: number }

export type Role = Row<{ name: string }>
export type User = Row<{ email: string; password: string }> & { roles?: Role[]; addRole(role: Role): Promise<void> }
export type RefreshToken = Row<{ token: string; expiryDate: Date; userId: number }>
export type Movie = Row<ReturnType<typeof cleanMovie>>

import type { Row } from './row.ts'
import { moviedata } from './rows/moviedata.ts'
import { userdetails } from './rows/userdetails.ts'
import { verifyKnown } from './rows/verify-known.ts'

/** In the order of the table. */
export const ROWS: readonly Row[] = [verifyKnown, userdetails, moviedata]

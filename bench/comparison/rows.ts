import type { Row } from './row.ts'
import { guarded } from './rows/guarded.ts'
import { login } from './rows/login.ts'
import { memory } from './rows/memory.ts'
import { million } from './rows/million.ts'
import { moviedata } from './rows/moviedata.ts'
import { refreshRate } from './rows/refresh-rate.ts'
import { register } from './rows/register.ts'
import { startTime } from './rows/start-time.ts'
import { underLogins } from './rows/under-logins.ts'
import { userdetails } from './rows/userdetails.ts'
import { verifyKnown } from './rows/verify-known.ts'
import { verifyNew } from './rows/verify-new.ts'

/** In the order of the table. */
export const ROWS: readonly Row[] = [
  verifyKnown,
  verifyNew,
  guarded,
  userdetails,
  moviedata,
  login,
  register,
  refreshRate,
  underLogins,
  memory,
  startTime,
  ...million,
]

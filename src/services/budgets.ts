import { createHmac } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { AppError, type ReachedLimit } from '../errors/app-error.ts'
import { deriveKey } from './derive-key.ts'
import { type PointStore, type RateLimitName, reachedLimit } from './rate-limits.ts'

/** One limit, and whose points are taken: of an account, a network, a session. */
export interface Budget {
  limit: RateLimitName
  of: readonly string[]
}

/** Points that were taken, of one budget or of several. */
export interface TakenPoints {
  giveBack(): Promise<void>
}

/** A budget that has nothing left. */
export class BudgetSpent extends AppError {
  readonly key: string
  readonly budget: Budget
  override readonly limit: ReachedLimit

  constructor(key: string, budget: Budget, limit: ReachedLimit) {
    super('rate_limited')
    this.key = key
    this.budget = budget
    this.limit = limit
  }
}

export type Budgets = ReturnType<typeof createBudgets>

/** The store is not asked again and again for points that are not there. They may come back, so not for long. */
const SPENT_MS = 1_000
const REMEMBERED_KEYS = 50_000

export function createBudgets(store: PointStore, appSecret: string) {
  const secret = deriveKey(appSecret, 'rate limit keys')
  const spent = new LRUCache<string, BudgetSpent>({ max: REMEMBERED_KEYS, ttl: SPENT_MS })

  return { keyOf, takeAll, remember }

  /** What a budget is called in the store: it tells no address and no email, and has one length. */
  function keyOf({ limit, of }: Budget): string {
    return createHmac('sha256', secret)
      .update(JSON.stringify([limit, ...of]))
      .digest('base64url')
  }

  /** A point of each budget, or none of any: then it throws `BudgetSpent`. */
  async function takeAll(budgets: readonly Budget[]): Promise<TakenPoints> {
    const taken: TakenPoints[] = []
    const giveBack = async () => void (await Promise.all(taken.map((points) => points.giveBack())))
    try {
      for (const budget of budgets) taken.push(await take(budget))
      return { giveBack }
    } catch (error) {
      await giveBack()
      throw error
    }
  }

  async function take(budget: Budget): Promise<TakenPoints> {
    const { limit } = budget
    const key = keyOf(budget)
    const known = spent.get(key)
    if (known) throw known
    const { isGranted, resetSeconds, giveBack } = await store.take(limit, key)
    const undo = () => giveBack().then(() => void spent.delete(key))
    if (isGranted) return { giveBack: undo }
    // The store has counted it all the same.
    await giveBack()
    throw new BudgetSpent(key, budget, reachedLimit(limit, resetSeconds))
  }

  /** Only what nobody here can give back to: whoever does so while the store is asked would not be noticed. */
  function remember(error: BudgetSpent): void {
    spent.set(error.key, error)
  }
}

import { type Command, Option } from 'commander'
import type { Container } from '../container.ts'
import type { UserFilter } from '../repositories/user-search.repository.ts'
import { presentUser, userQuery } from '../schemas/user.schema.ts'
import { type AnswerOptions, addLeaf } from './leaf.ts'
import type { Operations } from './operations.ts'
import { readAs, readLimit, USUAL_LIMIT } from './read-argument.ts'
import { USER_COLUMNS } from './user-answer.ts'
import { counted } from './words.ts'
import { note, writeList } from './write-answer.ts'

interface ListOptions extends AnswerOptions {
  query?: string
  role?: string
  status?: 'active' | 'disabled'
  limit: number
  all?: boolean
}

/** Users read by one statement. */
const PAGE = 1000

export function addUserList(user: Command, { withContainer }: Operations): void {
  addLeaf(user, 'list', {
    description: 'list accounts, newest first',
    examples: [
      'gatehouse user list --query ada',
      'gatehouse user list --role admin --status active',
      'gatehouse user list --all --json > users.json',
    ],
  })
    .option('--query <text>', 'email or name contains this, in any case', readAs(userQuery.shape.q.unwrap()))
    .option('--role <role>', 'has this role', readAs(userQuery.shape.role.unwrap()))
    .addOption(new Option('--status <status>', 'is in this state').choices(['active', 'disabled']))
    .option('--limit <number>', 'at most this many', readLimit, USUAL_LIMIT)
    .addOption(new Option('--all', 'all there are').conflicts('limit'))
    .action(({ query: contains, role, status, limit, all = false, ...options }: ListOptions) =>
      withContainer(async (container) => {
        const pages = pagesOf(container, { contains, role, status }, all ? Number.POSITIVE_INFINITY : limit)
        await writeList(options, pages, USER_COLUMNS)
      }),
    )
}

async function* pagesOf({ users }: Pick<Container, 'users'>, filter: UserFilter, limit: number) {
  let shown = 0
  let last: string | null = null
  for (;;) {
    const page: Awaited<ReturnType<typeof users.list>> = await users.list(filter, Math.min(PAGE, limit - shown), last)
    yield page.items.map(presentUser)
    shown += page.items.length
    last = page.items.at(-1)?.id ?? null
    if (!page.hasMore) return
    if (shown >= limit)
      return note(`${shown} of ${page.isEstimate ? 'about ' : ''}${counted(page.total, 'user')}: see --all`)
  }
}

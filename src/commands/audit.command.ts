import type { Command } from 'commander'
import type { Container } from '../container.ts'
import type { AuditFilter, AuditPlace } from '../repositories/audit-event.repository.ts'
import { presentAuditEvent, presentNdjson } from '../schemas/audit.schema.ts'
import { type FilterOptions, filterOf, takingFilter } from './audit-filter.ts'
import { addAuditVerify } from './audit-verify.command.ts'
import { type AnswerOptions, addLeaf } from './leaf.ts'
import type { Operations } from './operations.ts'
import { readLimit, USUAL_LIMIT } from './read-argument.ts'
import type { Column } from './table.ts'
import { note, writeList, writePieces } from './write-answer.ts'

const COLUMNS: readonly Column<ReturnType<typeof presentAuditEvent>>[] = [
  ['TIME', ({ occurredAt }) => occurredAt],
  ['ACTION', ({ action }) => action],
  ['SUBJECT', ({ subject }) => subject],
  ['ACTOR', ({ actor }) => actor],
  ['ADDRESS', ({ ip }) => ip],
  [
    'DETAILS',
    ({ details }) =>
      Object.entries(details)
        .map(([name, value]) => `${name}=${value}`)
        .join(' '),
  ],
]

/** Events read by one statement. */
const PAGE = 500

export function addAuditCommands(program: Command, operations: Operations): void {
  const audit = program.command('audit').description('the audit trail')
  addList(audit, operations)
  addAuditVerify(audit, operations)
  addExport(audit, operations)
}

function addList(audit: Command, { withContainer }: Operations): void {
  takingFilter(
    addLeaf(audit, 'list', {
      description: 'list events, newest first',
      examples: [
        'gatehouse audit list --subject ada@example.com --since 2026-11-01',
        'gatehouse audit list --action login_failed --limit 1000 --json > failed.json',
      ],
    }),
  )
    .option('--limit <number>', 'at most this many', readLimit, USUAL_LIMIT)
    .action(({ limit, json = false, ...filter }: FilterOptions & AnswerOptions & { limit: number }) =>
      withContainer(async (container) => {
        await writeList({ json }, newest(container, await filterOf(container, filter), limit), COLUMNS)
      }),
    )
}

async function* newest({ auditReading }: Container, filter: AuditFilter, limit: number) {
  let place: AuditPlace | null = null
  for (let left = limit; left > 0; left -= PAGE) {
    const page: Awaited<ReturnType<typeof auditReading.page>> = await auditReading.page(
      filter,
      Math.min(PAGE, left),
      place,
    )
    yield page.items.map(presentAuditEvent)
    place = page.items.at(-1) ?? null
    if (!page.hasMore) return
  }
  note('There are older ones: see --limit and --until')
}

function addExport(audit: Command, { withContainer }: Operations): void {
  takingFilter(
    addLeaf(audit, 'export', {
      description: 'write events to standard output, oldest first, as newline-delimited JSON',
      examples: ['gatehouse audit export --since 2026-11-01 --until 2026-12-01 > november.ndjson'],
    }),
  ).action((filter: FilterOptions) =>
    withContainer(async (container) =>
      writePieces(presentNdjson(container.auditReading.all(await filterOf(container, filter)))),
    ),
  )
}

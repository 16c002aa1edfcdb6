import { pipeline } from 'node:stream/promises'
import { Command, InvalidArgumentError } from 'commander'
import type { Container } from '../container.ts'
import { presentNdjson } from '../schemas/audit.schema.ts'
import type { AuditHead } from '../services/audit-verification.service.ts'
import type { WithContainer } from './with-container.ts'

interface Period {
  since?: Date
  until?: Date
}

/** Standard output is not ours to end. */
const KEEP_OPEN = { end: false }

export function auditCommand(withContainer: WithContainer): Command {
  const audit = new Command('audit').description('the audit trail')
  audit
    .command('verify')
    .description('hold every event against its seal; exits with 1 where something was altered, removed or added')
    .option('--head <number:hash>', 'a seal that an earlier run showed: it must still be there', readHead)
    .action(({ head }: { head?: AuditHead }) => withContainer((container) => verify(container, head ?? null)))
  audit
    .command('export')
    .description('write events to standard output, oldest first, as newline-delimited JSON')
    .option('--since <time>', 'from this instant on (ISO 8601)', readTime)
    .option('--until <time>', 'before this instant (ISO 8601)', readTime)
    .action((period: Period) =>
      withContainer(({ auditReading }) => pipeline(presentNdjson(auditReading.all(period)), process.stdout, KEEP_OPEN)),
    )
  return audit
}

function readTime(text: string): Date {
  const time = new Date(text)
  if (Number.isNaN(time.getTime())) throw new InvalidArgumentError('It is an instant such as 2026-11-20T10:30:00Z.')
  return time
}

function readHead(text: string): AuditHead {
  const [, number, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? []
  if (number === undefined || hash === undefined)
    throw new InvalidArgumentError('It is a number, a colon and 64 hexadecimal digits.')
  return { number: Number(number), hash }
}

async function verify({ auditVerification }: Container, expected: AuditHead | null): Promise<void> {
  const findings = auditVerification.verify(expected)
  let finding = await findings.next()
  for (; !finding.done; finding = await findings.next()) {
    process.exitCode = 1
    process.stdout.write(`${finding.value}\n`)
  }
  const { seals, events, unsealed, head } = finding.value
  process.stdout.write(`${events} events in ${seals} seals, ${unsealed} not sealed yet\n`)
  if (head) process.stdout.write(`head ${head.number}:${head.hash}\n`)
  process.stdout.write(
    process.exitCode === 1 ? 'The trail is not as it was written.\n' : 'Nothing is altered, missing or added.\n',
  )
}

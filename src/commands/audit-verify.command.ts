import { type Command, InvalidArgumentError } from 'commander'
import type { Container } from '../container.ts'
import type { AuditHead } from '../services/audit-verification.service.ts'
import { escapeText } from './escape-text.ts'
import { type AnswerOptions, addLeaf } from './leaf.ts'
import type { Operations } from './operations.ts'
import { writeAnswer } from './write-answer.ts'

interface VerifyOptions extends AnswerOptions {
  head?: AuditHead
}

export function addAuditVerify(audit: Command, { withContainer }: Operations): void {
  addLeaf(audit, 'verify', {
    description: 'hold every event against its seal; exits with 1 where something was altered, removed or added',
    examples: ['gatehouse audit verify', 'gatehouse audit verify --json | jq .problems'],
  })
    .option('--head <number:hash>', 'a seal that an earlier run showed: it must still be there', readHead)
    .action((options: VerifyOptions) => withContainer((container) => verify(container, options)))
}

function readHead(text: string): AuditHead {
  const [, number, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? []
  if (number === undefined || hash === undefined)
    throw new InvalidArgumentError('It is a number, a colon and 64 hexadecimal digits.')
  return { number: Number(number), hash }
}

async function verify(
  { auditVerification }: Container,
  { head: expected, json = false }: VerifyOptions,
): Promise<void> {
  const problems: string[] = []
  const findings = auditVerification.verify(expected ?? null)
  let finding = await findings.next()
  for (; !finding.done; finding = await findings.next()) {
    if (json) problems.push(finding.value)
    else process.stdout.write(`${escapeText(finding.value)}\n`)
    process.exitCode = 1
  }
  const { seals, events, unsealed, head } = finding.value
  const isIntact = process.exitCode !== 1
  writeAnswer({ json }, { isIntact, problems, seals, events, unsealed, head }, [
    `${events} events in ${seals} seals, ${unsealed} not sealed yet`,
    ...(head ? [`head ${head.number}:${head.hash}`] : []),
    isIntact ? 'Nothing is altered, missing or added.' : 'The trail is not as it was written.',
  ])
}

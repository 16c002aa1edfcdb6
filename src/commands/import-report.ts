import type { ImportReport } from '../services/import/import.service.ts'
import type { AnswerOptions } from './leaf.ts'
import { fieldLines, writeAnswer } from './write-answer.ts'

/** What has come of an import, or would. */
export function writeReport(options: AnswerOptions, report: ImportReport, rejectsFile: string): void {
  const answer = { ...report, rejectsFile: report.rejected + report.left > 0 ? rejectsFile : null }
  writeAnswer(options, answer, [...fieldLines(fieldsOf(answer)), ...(report.dryRun ? [DRY_RUN] : [])])
}

const DRY_RUN = 'Nothing is written: without --dry-run, this is what comes of it.'

type Answer = ImportReport & { rejectsFile: string | null }

/** What is nought is not worth a line, but what everybody asks for first. */
function fieldsOf(answer: Answer): Record<string, string> {
  const { read, resumedBehind, imported, withoutPassword, updated, unchanged, left, rejected, roles, newRoles } = answer
  const number = (count: number) => count.toLocaleString('en')
  return {
    read: number(read) + (resumedBehind > 0 ? `, ${number(resumedBehind)} of them by an earlier run` : ''),
    imported: number(imported) + (withoutPassword > 0 ? `, ${number(withoutPassword)} of them without a password` : ''),
    ...(updated + unchanged > 0 && { updated: number(updated), unchanged: number(unchanged) }),
    ...(left > 0 && { 'here before': `${number(left)}, left as they are` }),
    rejected: number(rejected),
    ...(answer.rejectsFile !== null && { see: answer.rejectsFile }),
    roles: Object.entries(roles)
      .map(([role, count]) => `${role} ${number(count)}${newRoles.includes(role) ? ' (new)' : ''}`)
      .join(', '),
  }
}

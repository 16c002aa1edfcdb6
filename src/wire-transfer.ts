import { isOutage } from './infrastructure/database.ts'
import { createHashCosts } from './infrastructure/hash-costs.ts'
import type { Atomically, FromReplica, Repositories } from './repositories/repositories.ts'
import type { Clock } from './services/clock.ts'
import { createImportService } from './services/import/import.service.ts'
import { costProblem } from './services/password-hashes/hash-costs.ts'
import { createUserExport } from './services/user-export.service.ts'

export interface TransferWiring {
  repositories: Repositories
  atomically: Atomically
  fromReplica: FromReplica
  clock: Clock
}

/** What brings users in from other systems, and lets them go. */
export function wireTransfer({ fromReplica, ...wiring }: TransferWiring) {
  const costs = createHashCosts()
  return {
    imports: createImportService({ ...wiring, isOutage, costProblem: (hash) => costProblem(hash, costs) }),
    userExport: createUserExport({ ...wiring, fromReplica }),
  }
}

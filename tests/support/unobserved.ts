import { createMetrics } from '../../src/infrastructure/metrics.ts'

/** What is counted of parts that a test makes by itself, and looked at by nobody. */
export const unobserved = createMetrics({ version: 'test', isAsked: false })

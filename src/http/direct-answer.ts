/** An answer without a body that is written before Express: its header lines are names and values in turn. */
export interface DirectAnswer {
  status: 200 | 204
  lines: readonly string[]
}

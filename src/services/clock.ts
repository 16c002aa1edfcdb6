/** The present time. Passed to whoever decides by it, so that tests can move it. */
export interface Clock {
  now(): Date
}

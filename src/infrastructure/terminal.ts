import { closeSync, openSync } from 'node:fs'

/**
 * Tells, at a SIGHUP, whether the terminal is gone that the process was started from. Where it is still there, or never
 * was one, somebody has sent the signal.
 */
export function watchTerminal(): { isGone(): boolean } {
  const hadTerminal = hasTerminal()
  return { isGone: () => process.platform === 'win32' || (hadTerminal && !hasTerminal()) }
}

/** Whether the process has a controlling terminal, whatever its input and output are. */
function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'))
    return true
  } catch {
    return false
  }
}

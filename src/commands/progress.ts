import type { OnProgress, Progress } from '../services/import/import-request.ts'

const BAR_WIDTH = 30
const ON_TERMINAL_MS = 100
const ELSEWHERE_MS = 5_000

/**
 * Shows on standard error how far work is: a bar that is drawn anew on a terminal, a line now and then elsewhere, where
 * every line is kept.
 */
export async function showingProgress<T>(work: (onProgress: OnProgress) => Promise<T>): Promise<T> {
  const { onProgress, end } = createProgress(process.stderr)
  try {
    return await work(onProgress)
  } finally {
    end()
  }
}

function createProgress(output: NodeJS.WriteStream) {
  const every = output.isTTY ? ON_TERMINAL_MS : ELSEWHERE_MS
  const startedAt = performance.now()
  let shownAt = startedAt
  let last: Progress | null = null

  return { onProgress, end }

  function onProgress(progress: Progress): void {
    last = progress
    if (performance.now() - shownAt < every) return
    shownAt = performance.now()
    show(progress)
  }

  /** What is on the screen is to be true in the end. */
  function end(): void {
    if (!output.isTTY || last === null) return
    show(last)
    output.write('\n')
  }

  function show({ done, of, users }: Progress): void {
    const share = of === null || of === 0 ? null : Math.min(1, done / of)
    const count = `${users.toLocaleString('en')} users`
    if (!output.isTTY) return void output.write(`${[...(share === null ? [] : [percent(share)]), count].join(', ')}\n`)
    const parts = share === null ? [count] : [barOf(share), percent(share), count, remaining(share)]
    output.write(`\r\u001b[K${parts.join('  ')}`)
  }

  function remaining(share: number): string {
    const seconds = ((performance.now() - startedAt) / 1000) * (1 / share - 1)
    return share === 0 || share === 1 ? '' : `${Math.ceil(seconds)} s left`
  }
}

const percent = (share: number): string => `${Math.floor(share * 100)} %`.padStart(5)

function barOf(share: number): string {
  const filled = Math.round(share * BAR_WIDTH)
  return `[${'#'.repeat(filled)}${' '.repeat(BAR_WIDTH - filled)}]`
}

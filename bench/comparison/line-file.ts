import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Site } from './site.ts'

let count = 0

/** What a script of bench/load is given: a file with a line for each, gone with the site. */
export async function lineFile({ folder }: Pick<Site, 'folder'>, lines: readonly string[]): Promise<string> {
  const file = join(folder, `lines-${count++}.txt`)
  await writeFile(file, `${lines.join('\n')}\n`)
  return file
}

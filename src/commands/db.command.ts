import { Command, InvalidArgumentError } from 'commander'

/** What there is to say about a database that was moved. */
export interface MovedDatabase {
  tables: number
  rows: number
  /** Where the embedded database lies, as it was. */
  dataDir: string
  /** The file with the secret that goes with the data; null where the configuration names one. */
  appSecretFile: string | null
}

/** `onProgress` is told of each step in a line. */
type MoveDatabase = (targetUrl: string, onProgress: (line: string) => void) => Promise<MovedDatabase>

export function dbCommand(moveDatabase: MoveDatabase): Command {
  const db = new Command('db').description('the database')
  db.command('move')
    .description(
      'copy everything from the embedded database to a PostgreSQL server, and compare; the server is stopped',
    )
    .argument('<url>', 'an empty database of that server, 13 or later', readUrl)
    .addHelpText('after', HELP)
    .action(async (url: string) => presentMoved(await moveDatabase(url, (line) => process.stderr.write(`${line}\n`))))
  return db
}

const HELP = `
Example:
  $ createdb --host=db.example.com --username=gatehouse gatehouse
  $ npm run gatehouse -- db move 'postgres://gatehouse@db.example.com/gatehouse?sslmode=verify-full'

The password can stand in the URL; in PGPASSWORD or ~/.pgpass nobody sees it who lists processes.
Everything arrives, or nothing: it can be killed and run again. The embedded database stays as it is.`

function readUrl(text: string): string {
  if (!/^postgres(ql)?:$/.test(URL.parse(text)?.protocol ?? '')) {
    throw new InvalidArgumentError('It is a URL such as postgres://user@host/database.')
  }
  return text
}

function presentMoved({ tables, rows, dataDir, appSecretFile }: MovedDatabase): void {
  const secret = appSecretFile === null ? 'as it is set now' : `what stands in ${appSecretFile}`
  process.stdout.write(`${tables} tables with ${rows} rows are moved; counts and sums are the same on both sides.

Before the next start, set
  DATABASE_URL  the URL that you gave, with the password
  APP_SECRET    ${secret}
  HOST          127.0.0.1, if others must not reach it: with DATABASE_URL it listens on every address
and leave PORT and PUBLIC_URL as they are, so that tokens stay good.

The embedded database in ${dataDir} is left as it was. What is written from now on is not in it.
`)
}

import { rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Argument, Command, InvalidArgumentError, Option } from 'commander'
import { drill } from '../drill/drill.ts'
import { wayOf } from '../drill/strike.ts'
import { brokenPromises, describeDrill } from '../drill/verdict.ts'
import { freezeOne, isAnythingRunning, killOne, startAll, startOne, stopAll, takenPorts, thawOne } from './cluster.ts'
import { membersOf, primaryOf } from './health.ts'
import { DEFAULT_BASE_PORT, HIGHEST_BASE_PORT, isMachine, NAMES, type Name, PARTS, type Part } from './layout.ts'
import { findPrograms } from './programs.ts'
import { describeAccess, describeState } from './report.ts'
import { DEFAULT_FOLDER, findTrial, makeTrial, type Trial } from './trial.ts'

interface Common {
  folder: string
}

const DRILL_KILLS = 10
const WHICH = 'primary'
const STANDBY = 'sync'

/** `npm run ha -- <command>`: a whole cluster on this machine, to be started, hurt and stopped. */
export function trialCommand(): Command {
  const program = new Command('ha')
    .description(
      'A primary that fails: three PostgreSQL under Patroni, etcd, HAProxy and two Gatehouse servers, on 127.0.0.1.',
    )
    .option('--folder <folder>', 'where all of it lies', DEFAULT_FOLDER)
    .showHelpAfterError()
  const withTrial =
    <Rest extends unknown[]>(work: (trial: Trial, ...rest: Rest) => Promise<void>) =>
    async (...rest: Rest) =>
      work(await requireTrial(program.opts<Common>()), ...rest)

  program
    .command('start')
    .description('start all of it, or what does not run of it; with a name that one alone')
    .addArgument(new Argument('[name]').choices(NAMES))
    .option('--port <port>', 'the first of 50 ports that a new cluster uses', toPort, DEFAULT_BASE_PORT)
    .action((name: Name | undefined, { port }: { port: number }) =>
      name === undefined ? start(program.opts<Common>(), port) : withTrial(startNamed)(name),
    )
  program.command('status').description('what runs, who is the primary, who is ready').action(withTrial(status))
  program
    .command('kill')
    .description('kill -9 of all that runs on a machine: it is gone from one moment to the next')
    .addArgument(nameArgument())
    .addOption(new Option('--only <part>', 'of a machine of the database').choices(PARTS))
    .action(withTrial(killNamed))
  program
    .command('freeze')
    .description('stop its processes where they are: it holds its connections and says nothing, as if cut off')
    .addArgument(nameArgument())
    .action(withTrial(freezeNamed))
  program
    .command('thaw')
    .description('let a frozen one go on: it knows of nothing')
    .addArgument(new Argument('<name>').choices(NAMES))
    .action(
      withTrial(async (trial, name: Name) => {
        await thawOne(trial, name)
        say(`goes on: ${name}`)
      }),
    )
  program
    .command('drill')
    .description('kill the primary again and again under load, and compare what was acknowledged with what is there')
    .option('--kills <kills>', 'how often', toCount, DRILL_KILLS)
    .action(({ kills }: { kills: number }) => runDrill(program.opts<Common>(), kills))
  program
    .command('stop')
    .description('stop all that was started, whatever has become of it; `start` goes on with the same data')
    .option('--remove', 'and remove its data')
    .action(withTrial(stop))
  return program
}

const nameArgument = () =>
  new Argument('<name>', `${WHICH} and ${STANDBY} are whichever has that part now`).choices([...NAMES, WHICH, STANDBY])

async function start({ folder }: Common, port: number): Promise<void> {
  const trial = await prepare(folder, port)
  await startAll(trial, say)
  await status(trial)
  say(describeAccess(trial))
}

async function prepare(folder: string, port: number): Promise<Trial> {
  const { missing } = findPrograms()
  if (missing.length > 0) throw new Error(`Not installed: ${missing.join(', ')}. See deploy/ha/README.md.`)
  const trial = (await findTrial(resolve(folder))) ?? (await makeTrial(resolve(folder), port))
  if (!(await isAnythingRunning(trial))) {
    const taken = await takenPorts(trial)
    if (taken.length > 0)
      throw new Error(`Somebody uses port ${taken.join(', ')}: stop them, or take others by --port.`)
  }
  return trial
}

async function startNamed(trial: Trial, name: Name): Promise<void> {
  await startOne(trial, name)
  say(`started: ${name}. Give it some seconds: npm run ha -- status`)
}

async function status(trial: Trial): Promise<void> {
  say(await describeState(trial))
}

async function killNamed(trial: Trial, wanted: string, { only }: { only?: Part }): Promise<void> {
  const name = await resolveName(trial, wanted)
  if (only !== undefined && !isMachine(name)) throw new Error(`--only is for a machine of the database, not ${name}.`)
  await killOne(trial, name, only)
  say(`killed: ${only === undefined ? '' : `${only} of `}${name}`)
}

async function freezeNamed(trial: Trial, wanted: string): Promise<void> {
  const name = await resolveName(trial, wanted)
  await freezeOne(trial, name)
  say(`frozen: ${name}`)
}

async function resolveName(trial: Trial, wanted: string): Promise<Name> {
  const found = await nameOf(trial, wanted)
  if (!found) throw new Error(`There is no ${wanted} now.`)
  return found
}

async function nameOf(trial: Trial, wanted: string): Promise<Name | null | undefined> {
  if (wanted === WHICH) return primaryOf(trial)
  if (wanted === STANDBY) return (await membersOf(trial)).find(({ role }) => role === 'sync_standby')?.name
  return NAMES.find((name) => name === wanted)
}

/** On the cluster that runs, or on one of its own that is gone afterwards. Exit code 1 where P2 does not hold. */
async function runDrill({ folder }: Common, kills: number): Promise<void> {
  const running = await findTrial(resolve(folder))
  const trial = running ?? (await prepare(folder, DEFAULT_BASE_PORT))
  await startAll(trial, say)
  const ways = Array.from({ length: kills }, (_, index) => wayOf(index))
  const result = await drill(trial, ways, say)
  say(describeDrill(result))
  if (brokenPromises(result).length > 0) process.exitCode = 1
  if (!running) await stop(trial, { remove: true })
}

async function stop(trial: Trial, { remove }: { remove?: boolean }): Promise<void> {
  await stopAll(trial)
  if (remove) await rm(trial.folder, { recursive: true })
  say(remove ? 'stopped and removed' : `stopped; the data stays in ${trial.folder}`)
}

async function requireTrial({ folder }: Common): Promise<Trial> {
  const trial = await findTrial(resolve(folder))
  if (!trial) throw new Error(`There is no cluster in ${resolve(folder)}: npm run ha -- start`)
  return trial
}

function toCount(value: string): number {
  const count = Number(value)
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError('A whole number from 1.')
  return count
}

function toPort(value: string): number {
  const port = Number(value)
  if (!Number.isInteger(port) || port < 1024 || port > HIGHEST_BASE_PORT) {
    throw new InvalidArgumentError(`A whole number from 1024 to ${HIGHEST_BASE_PORT}.`)
  }
  return port
}

const say = (text: string): boolean => process.stdout.write(`${text}\n`)

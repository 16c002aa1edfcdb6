import { logsOf } from './cluster.ts'
import { isReady, type Member, membersOf } from './health.ts'
import { isMachine, MACHINES, NAMES, type Name, SERVERS } from './layout.ts'
import { type Running, runningIn } from './processes.ts'
import { ADMIN_EMAIL, databaseUrl, folderOf, superuserUrl, type Trial } from './trial.ts'

/** What runs, with whose numbers, and what each says of itself. */
export async function describeState(trial: Trial): Promise<string> {
  const members = await membersOf(trial)
  const lines = await Promise.all(
    NAMES.map(async (name) => {
      const running = await runningIn(folderOf(trial, name))
      return [
        name.padEnd(12),
        stateOf(running).padEnd(10),
        (await whatItSays(trial, name, running, members)).padEnd(42),
        pidsOf(running),
      ]
    }),
  )
  return ['', ...lines.map((columns) => columns.join('').trimEnd()), ''].join('\n')
}

function stateOf(running: readonly Running[]): string {
  if (running.length === 0) return 'gone'
  return running.some(({ isFrozen }) => isFrozen) ? 'frozen' : 'runs'
}

async function whatItSays(
  trial: Trial,
  name: Name,
  running: readonly Running[],
  members: readonly Member[],
): Promise<string> {
  if (isMachine(name))
    return describeMember(
      running,
      members.find((member) => member.name === name),
    )
  const server = SERVERS.find((candidate) => candidate === name)
  if (!server) return ''
  const ready = await isReady(trial, server)
  if (ready === null) return 'does not answer'
  return ready ? 'ready' : 'not ready'
}

/** What etcd says of one that is gone is what it was, until its key runs out. */
function describeMember(running: readonly Running[], member: Member | undefined): string {
  if (!member) return 'unknown to Patroni'
  const { role, state, timeline = '?', lag = 0 } = member
  const isPrimary = role === 'leader'
  const name = isPrimary ? 'PRIMARY' : role
  if (stateOf(running) !== 'runs') return `was ${name}, its key has not run out`
  return [name, state, `timeline ${timeline}`, ...(isPrimary ? [] : [`lag ${lag}`])].join(', ')
}

/** Of each part the first, which the others come from. */
function pidsOf(running: readonly Running[]): string {
  const parts = [...new Set(running.map(({ part }) => part))]
  return parts
    .map((part) => `${part} ${Math.min(...running.filter((one) => one.part === part).map(({ pid }) => pid))}`)
    .join(', ')
}

/** All that somebody needs who wants to use it, or to hurt it. */
export function describeAccess(trial: Trial): string {
  const { ports, secrets } = trial
  const site = `http://127.0.0.1:${ports.site}`
  return `both servers    ${site}
${SERVERS.map((server) => `${server}      http://127.0.0.1:${ports.servers[server]}`).join('\n')}
administrator   ${ADMIN_EMAIL}  ${secrets.admin}

the primary     psql '${databaseUrl(trial)}'
as superuser    psql '${superuserUrl(trial)}'
${MACHINES.map((machine) => `${machine}             psql '${databaseUrl(trial, ports.machines[machine].postgres)}'`).join('\n')}

logs            ${NAMES.flatMap((name) => logsOf(trial, name)).join('\n                ')}

  curl ${site}/register --json '{"email":"ann@example.com","password":"a long pass phrase"}'
  npm run ha -- kill primary      # then: npm run ha -- status
  npm run ha -- start             # brings back what is gone
  npm run ha -- stop`
}

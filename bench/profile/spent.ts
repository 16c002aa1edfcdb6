import type { HeapProfiler, Profiler, Runtime } from 'node:inspector'
import type { TimeProfile } from './profiler.ts'

/** What was spent in a function itself. Its frame comes first, then that of its caller, and so on. */
export interface Spent {
  frames: readonly Runtime.CallFrame[]
  amount: number
}

/** What V8 takes for the function where none of JavaScript runs. */
const WITHOUT_FUNCTION = new Set(['(root)', '(program)', '(idle)'])

const OUTSIDE = { functionName: 'outside JavaScript', scriptId: '', url: '', lineNumber: 0, columnNumber: 0 }

/**
 * In microseconds. Node tells V8 that it is idle until a first function runs, though it reads sockets before: so what is
 * outside of functions is the rest of the time that the thread was not asleep.
 */
export function timeSpent({ profile, scheduled }: TimeProfile): Spent[] {
  const { nodes, samples = [], startTime, endTime } = profile
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const childrenOf = ({ children = [] }: Profiler.ProfileNode) => children.flatMap((id) => byId.get(id) ?? [])
  const microsecondsEach = (endTime - startTime) / samples.length
  const [root] = nodes
  if (!root) return []
  const all = [...spentBelow(root, childrenOf, ({ hitCount = 0 }) => hitCount * microsecondsEach, [])]
  const inFunctions = all.filter(({ frames: [self] }) => !WITHOUT_FUNCTION.has(self?.functionName ?? ''))
  const awake = scheduled.running + scheduled.waitingForProcessor
  const outside = awake - inFunctions.reduce((sum, { amount }) => sum + amount, 0)
  return [...inFunctions, { frames: [OUTSIDE], amount: Math.max(outside, 0) }]
}

/** In bytes, as far as samples tell. */
export function bytesSpent(head: HeapProfiler.SamplingHeapProfileNode): Spent[] {
  return [
    ...spentBelow(
      head,
      ({ children }) => children,
      ({ selfSize }) => selfSize,
      [],
    ),
  ]
}

function* spentBelow<Node extends { callFrame: Runtime.CallFrame }>(
  node: Node,
  childrenOf: (node: Node) => readonly Node[],
  amountOf: (node: Node) => number,
  callers: readonly Runtime.CallFrame[],
): Generator<Spent> {
  const frames = [node.callFrame, ...callers]
  yield { frames, amount: amountOf(node) }
  for (const child of childrenOf(node)) yield* spentBelow(child, childrenOf, amountOf, frames)
}

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createFairQueue } from '../../src/infrastructure/fair-queue.ts'

const PLACES = 60

type Task = `${string}/${string} ${number}`

/** Offers tasks of `network/account`, and gives those that found room. */
function offer(
  queue: ReturnType<typeof createFairQueue<Task>>,
  network: string,
  account: string,
  times: number,
): Task[] {
  const source = { network, account }
  const admitted: Task[] = []
  for (let turn = 0; turn < times; turn++) {
    if (!queue.hasRoom(source, PLACES)) continue
    const task: Task = `${network}/${account} ${turn}`
    queue.add(source, task)
    admitted.push(task)
  }
  return admitted
}

function drained(queue: ReturnType<typeof createFairQueue<Task>>): Task[] {
  const tasks: Task[] = []
  for (let task = queue.next(); task !== undefined; task = queue.next()) tasks.push(task)
  return tasks
}

describe('the queue of the hash workers', () => {
  it('gives one network three quarters of its places, and the next ones a share of the rest', () => {
    const queue = createFairQueue<Task>()
    let admitted = 0
    for (let account = 0; account < 1000; account++) admitted += offer(queue, 'a', `x${account}`, 1).length
    assert.equal(admitted, 45)
    assert.equal(offer(queue, 'b', 'y', 1000).length, 10)
    assert.equal(offer(queue, 'c', 'z', 1).length, 1)
  })

  it('has two thirds of its places for one account, from one network or from many', () => {
    const queue = createFairQueue<Task>()
    assert.equal(offer(queue, 'a', 'x', 1000).length, 40)
    const other = createFairQueue<Task>()
    let admitted = 0
    for (let network = 0; network < 1000; network++) admitted += offer(other, `n${network}`, 'x', 1).length
    assert.equal(admitted, 40)
    assert.equal(offer(other, 'n1', 'other', 1).length, 1)
  })

  it('is full for everybody only when every place is taken', () => {
    const queue = createFairQueue<Task>()
    let admitted = 0
    for (let turn = 0; turn < 1000; turn++) admitted += offer(queue, `n${turn}`, `a${turn}`, 1).length
    assert.equal(admitted, PLACES)
  })

  it('lets networks take turns', () => {
    const queue = createFairQueue<Task>()
    offer(queue, 'a', 'x', 2)
    offer(queue, 'a', 'y', 1)
    offer(queue, 'b', 'z', 2)
    assert.deepEqual(drained(queue), ['a/x 0', 'b/z 0', 'a/x 1', 'b/z 1', 'a/y 0'])
  })

  it('has room again for everybody when it is empty', () => {
    const queue = createFairQueue<Task>()
    const admitted = offer(queue, 'a', 'x', 1000)
    assert.deepEqual(drained(queue), admitted)
    assert.equal(queue.next(), undefined)
    assert.equal(offer(queue, 'a', 'x', 1000).length, 40)
  })
})

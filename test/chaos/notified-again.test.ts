import { expect, test } from 'vitest'
import { identityOf } from '../../shared/incident/identity.ts'
import { chanceOf } from './chance.ts'
import { inventDisaster, noticeOf, objectOf, uidOf } from './faults-model.ts'
import { watchWorld } from './watch-world.ts'

test('what an ended trouble explained is told again within a minute, and nothing is while all stays as it is', async () => {
  const world = watchWorld(1, 1, 1)
  const model = world.models.get('c0')!
  const [node, pod] = inventDisaster(chanceOf(1), 'node', 'c0', 0)
  for (const one of [node!, pod!]) model.put(objectOf(one, one.pods[0]!))
  const told = () =>
    world.messages().flatMap((one) => (one.type === 'faults' ? one.faults.map((fault) => JSON.stringify(fault)) : []))
  const ofPod = () => told().filter((text) => text.includes(pod!.pods[0]!)).length
  await world.run(150_000)
  expect(told()).toHaveLength(2)

  model.remove(uidOf(node!, 'n2'))
  model.tell({ ...noticeOf(node!, 'n2'), resolved: true }, 0)
  await world.run(20_000)
  expect(ofPod()).toBe(1)
  await world.run(40_000)
  expect(ofPod()).toBe(2)
  // By then it is known that the node is well.
  const observed = world.messages().findLast((one) => one.type === 'observed')
  const { key } = identityOf({
    cluster: 'c0',
    faultType: 'NodeUnhealthy',
    resource: { apiVersion: 'v1', kind: 'Node', name: 'n2' },
  })
  expect(observed?.keys.length).toBeGreaterThan(0)
  expect(observed?.keys).not.toContain(key)
})

import { expect, test } from 'vitest'
import type { GuardRail } from '../../../shared/mcp-server/safety/guard-rails.ts'
import { lazyTargets } from '../../../shared/mcp-server/targets/targets.ts'
import type { SimulatorOptions } from '../../simulator/simulator.ts'
import { crashLooping, node, running, webPod } from './pods.ts'
import { caller, fast, pause, simulated, until } from './setup.ts'

const pod = (namespace: string, status: object = crashLooping) =>
  webPod(`p-${namespace}`, status, { name: `in-${namespace}`, metadata: { namespace, ownerReferences: [] } })
const all = [pod('shop'), pod('pay'), pod('kube-system')]

async function watched(rails: readonly GuardRail[], options: SimulatorOptions = {}) {
  const { simulator, api } = await simulated({ objects: [node, ...all], ...options })
  const target = { name: 'east', aliases: [], server: '', namespace: 'shop' }
  const { call, notices } = await caller({
    targets: lazyTargets([{ target, open: () => api }]),
    rails,
    times: { ...fast, subscribeWaitMs: 5_000 },
  })
  const { structured } = await call('events_subscribe', { mode: 'faults' })
  const hidden = Object.fromEntries(structured.notVisible.map(({ kind, reason }) => [kind, reason]))
  const told = () => [...new Set(notices.map(({ data }) => Object(data.resource).namespace))].sort()
  const watches = () =>
    simulator.calls.filter(({ path }) => /\/pods\?.*watch=true/.test(path)).map(({ path }) => path.split('?')[0])
  return { simulator, hidden, told, notices, watches }
}

test.each<[string, GuardRail, string[], string]>([
  ['one namespace', { namespaces: ['shop'] }, ['shop'], 'only what lies in shop is shown'],
  ['a pattern of namespaces', { namespaces: ['sh*', 'pa*'] }, ['pay', 'shop'], 'only what lies in sh*, pa* is shown'],
  ['all but some', { denyNamespaces: ['kube-*'] }, ['pay', 'shop'], 'what lies in kube-* is not shown'],
])(
  'faults are told within guard rails, from one watch, and what is not seen is said: %s',
  async (_, rail, seen, why) => {
    const { simulator, hidden, told, watches } = await watched([rail])
    await until(() => told().length === seen.length, 'the faults')
    expect(told()).toEqual(seen)
    expect(hidden.Pod).toContain(why)
    expect(hidden.Node).toEqual(rail.namespaces === undefined ? undefined : expect.stringContaining('guard rails'))
    // Listed first: on a busy machine the watch is open a moment after its faults are told.
    await until(() => watches().length > 0, 'the watch')
    expect(watches()).toEqual(['/api/v1/pods'])
    simulator.apply([pod('kube-system', { ...crashLooping, restartCount: 9 }), pod('other')])
    await pause(60)
    expect(told()).toEqual(rail.namespaces === undefined ? [...seen, 'other'].sort() : seen)
  },
)

test('a credential that may list its own namespace only is watched there, and the rest is said to be unseen', async () => {
  const access = ['pay', 'kube-system'].map((namespace) => ({
    verbs: ['list', 'watch'],
    resources: ['pods', 'events'],
    namespace,
  }))
  const { simulator, hidden, told, notices, watches } = await watched([], { access })
  await until(() => told().length === 1, 'the fault')
  expect(told()).toEqual(['shop'])
  expect(hidden.Pod).toContain('only what lies in shop is seen: the credential may not list it in all namespaces')
  expect(Object.keys(hidden).sort()).toEqual(['Event', 'Pod'])
  await until(() => watches().length === 1, 'the watch')
  expect(watches()).toEqual(['/api/v1/namespaces/shop/pods'])
  simulator.apply([pod('shop', running)])
  await until(() => notices.some(({ data }) => data.resolved === true), 'the end of it')
})

test('of two namespaces each has its watch; one that ends has all listed anew, so that nothing is missed', async () => {
  const access = [{ verbs: ['list', 'watch'], resources: ['pods'], namespace: 'kube-system' }]
  const { simulator, told, hidden, watches } = await watched([{ namespaces: ['shop', 'pay', 'kube-system'] }], {
    access,
  })
  await until(() => told().length === 2, 'both faults')
  expect(hidden.Pod).toContain('only what lies in shop, pay is seen')
  await until(() => watches().length === 2, 'both watches')
  simulator.drop()
  simulator.apply([webPod('p-new', crashLooping, { name: 'new', metadata: { namespace: 'pay', ownerReferences: [] } })])
  await until(() => watches().length >= 4, 'new watches')
})

test('a kind that guard rails do not show is not watched', async () => {
  const { hidden, told, watches } = await watched([{ denyKinds: ['Pod'] }])
  expect(hidden.Pod).toContain('Pod is not shown')
  expect([told(), watches()]).toEqual([[], []])
})

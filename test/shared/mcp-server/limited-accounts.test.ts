import { expect, onTestFinished, test } from 'vitest'
import { connectCluster } from '../../../shared/kubernetes/connect.ts'
import { targetsOf } from '../../../shared/mcp-server/targets/targets.ts'
import { json, kubeconfigFor, loopbackApi, statusObject } from '../kubernetes/loopback-api.ts'
import { ago, caller } from './setup.ts'

const pod = {
  metadata: { name: 'p1', namespace: 'team-a', uid: 'u', creationTimestamp: ago(900) },
  spec: { containers: [{ name: 'app' }] },
  status: {
    phase: 'Running',
    containerStatuses: [
      { name: 'app', ready: false, restartCount: 9, state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: {} },
    ],
  },
}
/** An account that may see one namespace, which its kubeconfig names. */
async function limited() {
  const api = await loopbackApi((request, response) => {
    const path = (request.url ?? '').split('?')[0]
    if (path === '/version') json(response, { gitVersion: 'v1.33.0' })
    else if (path?.endsWith('selfsubjectaccessreviews')) json(response, { status: { allowed: false } })
    else if (path === '/api/v1/namespaces/team-a/pods') json(response, { metadata: {}, items: [pod] })
    else if (path?.includes('/namespaces/team-a/')) json(response, { metadata: {}, items: [] })
    else json(response, statusObject(403, 'Forbidden', `User "dev" cannot list ${path} at the cluster scope`), 403)
  })
  const cluster = connectCluster(kubeconfigFor(api.url))
  onTestFinished(async () => {
    await cluster.close()
    await api[Symbol.asyncDispose]()
  })
  return caller({ targets: targetsOf([{ name: 'east', api: cluster, namespace: 'team-a' }]) })
}

test('who may see one namespace is shown that one, and told that it is one', async () => {
  const { call } = await limited()
  expect((await call('pods_list')).text).toContain('! Only namespace team-a: this account may not list Pod')
  const namespaces = await call('namespaces_list')
  expect(namespaces.isError).toBe(true)
  expect(namespaces.text).toMatch(
    /403 .*This account may not list namespaces; its kubeconfig names team-a: ask for that one\.$/,
  )
  expect((await call('clusters_status')).text).toContain('v1.33.0  its account may not list nodes')
  const faults = await call('faults_list')
  expect(faults.text).toMatch(/CrashLoop {2}Pod team-a\/p1/)
  expect(faults.text).toMatch(/not seen: all namespaces but team-a: this account may not list .*Pod.* there/)
  expect(faults.structured.complete).toBe(false)
  for (const tool of ['changes_list', 'certificates_list'])
    expect((await call(tool)).text, tool).toContain('all namespaces but team-a: this account may not list')
  const who = await call('access_who_can', { verb: 'get', resource: 'pods' })
  expect(who.text).toContain('all namespaces but team-a: this account may not list Role, RoleBinding there')
})

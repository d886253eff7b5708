import type { ServerResponse } from 'node:http'
import { expect, test } from 'vitest'
import { ClusterPermissions } from '../../../shared/artifacts/permissions.ts'
import { connectCluster } from '../../../shared/kubernetes/connect.ts'
import { checkPermissions } from '../../../shared/kubernetes/permissions.ts'
import { json, kubeconfigFor, type LoopbackApi, loopbackApi, statusObject } from './loopback-api.ts'

type Rule = { verbs: string[]; apiGroups?: string[]; resources?: string[]; resourceNames?: string[] }
const view: Rule = {
  verbs: ['get', 'list', 'watch'],
  apiGroups: [''],
  resources: ['pods', 'pods/log', 'events', 'services', 'nodes', 'configmaps'],
}
const self: Rule = {
  verbs: ['create'],
  apiGroups: ['authorization.k8s.io'],
  resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
}
const apps: Rule = { verbs: ['get'], apiGroups: ['apps'], resources: ['deployments'] }

/** Answers reviews from rules, as RBAC would. */
const rbac = (rules: Rule[], inKubeSystem: Rule[] = [], incomplete = false): Promise<LoopbackApi> =>
  loopbackApi((request, response, body) =>
    answer(request.url ?? '', response, JSON.parse(body).spec, rules, inKubeSystem, incomplete),
  )

function answer(
  url: string,
  response: ServerResponse,
  spec: { namespace?: string; resourceAttributes?: Record<string, string> },
  rules: Rule[],
  inKubeSystem: Rule[],
  incomplete: boolean,
) {
  if (url.endsWith('selfsubjectrulesreviews')) {
    const resourceRules = spec.namespace === 'kube-system' ? [...rules, ...inKubeSystem] : rules
    return json(response, { status: { resourceRules, nonResourceRules: [], incomplete } }, 201)
  }
  const { verb = '', resource = '', subresource, group = '' } = spec.resourceAttributes ?? {}
  const name = subresource ? `${resource}/${subresource}` : resource
  const has = (list: string[] | undefined, wanted: string) => list?.includes(wanted) || list?.includes('*')
  const allowed = rules.some((rule) => has(rule.verbs, verb) && has(rule.resources, name) && has(rule.apiGroups, group))
  json(response, { status: { allowed } }, 201)
}

const check = async (api: LoopbackApi, allowSecretsAccess = false) => {
  const cluster = connectCluster(kubeconfigFor(api.url), { timeoutMs: 500 })
  const now = () => new Date('2026-01-12T09:41:00Z')
  return ClusterPermissions.parse(await checkPermissions(cluster, { cluster: 'east', allowSecretsAccess, now }))
}

test('a credential with the role view meets the minimum and can write nothing', async () => {
  await using api = await rbac([view, apps, self])
  const found = await check(api)
  expect(found).toMatchInlineSnapshot(`
    {
      "can_get_configmaps": true,
      "can_get_deployments": true,
      "can_get_events": true,
      "can_get_logs": true,
      "can_get_nodes": true,
      "can_get_pods": true,
      "can_get_secrets": false,
      "can_get_services": true,
      "cluster_name": "east",
      "helm_access_available": false,
      "minimum_permissions_met": true,
      "raw_output": "Namespaces default and kube-system
    Resources                                      Resource Names  Verbs
    pods                                           []              [get list watch]
    pods/log                                       []              [get list watch]
    events                                         []              [get list watch]
    services                                       []              [get list watch]
    nodes                                          []              [get list watch]
    configmaps                                     []              [get list watch]
    deployments.apps                               []              [get]
    selfsubjectaccessreviews.authorization.k8s.io  []              [create]
    selfsubjectrulesreviews.authorization.k8s.io   []              [create]",
      "secrets_access_allowed": false,
      "validated_at": "2026-01-12T09:41:00.000Z",
      "warnings": [
        "secrets access disabled by config (set triage.allow_secrets_access=true for Helm debugging)",
      ],
      "write_verbs": [],
    }
  `)
  expect(api.arrived).toHaveLength(11)
})

test('a credential that may do everything is warned of, with what it could do', async () => {
  await using api = await rbac([{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }])
  const found = await check(api)
  expect(found.write_verbs).toEqual(['* *'])
  expect(found.warnings).toContain('the credential can change the cluster (* *). Give it the ClusterRole view only')
  expect(found.warnings.join()).toContain('can read Secrets although secrets access is disabled')
})

test('writes in kube-system alone, ways into containers and nodes, and odd verbs are found; asking about oneself is none', async () => {
  const extra: Rule[] = [
    { verbs: ['patch', 'get'], apiGroups: ['apps', 'extensions'], resources: ['deployments'] },
    { verbs: ['get'], apiGroups: [''], resources: ['nodes/proxy'] },
    { verbs: ['create'], apiGroups: [''], resources: ['pods/exec'] },
    { verbs: ['impersonate'], apiGroups: [''], resources: ['users'], resourceNames: ['admin'] },
  ]
  await using api = await rbac([view, self], extra)
  expect((await check(api)).write_verbs).toEqual([
    'create pods/exec',
    'get nodes/proxy',
    'impersonate users',
    'patch deployments.apps',
    'patch deployments.extensions',
  ])
})

test('reading all resources includes the ways in, and that is said', async () => {
  await using api = await rbac([{ verbs: ['get', 'list'], apiGroups: ['*'], resources: ['*'] }])
  expect((await check(api)).write_verbs).toContain('get nodes/proxy')
})

test('secrets access that is enabled and denied is warned of; without pods, logs and events the minimum is not met', async () => {
  await using api = await rbac([self], [], true)
  const found = await check(api, true)
  expect(found).toMatchObject({ minimum_permissions_met: false, helm_access_available: false, can_get_secrets: false })
  expect(found.warnings).toEqual([
    'cannot get pods',
    'cannot get pod logs',
    'cannot get events',
    'cannot get nodes',
    'cannot get deployments',
    'cannot get services',
    'secrets access enabled but RBAC denies it (Helm data unavailable)',
    'the cluster does not tell all its rules, so there may be more rights than are listed',
  ])
})

test('thousands of rules stay within the limits of the file', async () => {
  const many = Array.from(
    { length: 3_000 },
    (_, at): Rule => ({ verbs: ['update'], apiGroups: [`g${at}.example`], resources: ['things'] }),
  )
  await using api = await rbac(many)
  const found = await check(api)
  expect(found.write_verbs).toHaveLength(200)
  expect(found.raw_output).toContain('… and 2850 more')
})

test('one question that fails counts as no and is told; the others hold', async () => {
  await using api = await loopbackApi((request, response, body) => {
    if (request.url?.endsWith('rulesreviews'))
      return json(response, statusObject(500, 'InternalError', 'webhook is down'), 500)
    answer(request.url ?? '', response, JSON.parse(body).spec, [view, apps], [], false)
  })
  const found = await check(api)
  expect(found.minimum_permissions_met).toBe(true)
  expect(found.warnings.join('\n')).toContain('the rules in kube-system could not be asked')
})

test('an API that is away, silent, or refuses the credential ends the check with one clear sentence', async () => {
  await using silent = await loopbackApi(() => {})
  await expect(check(silent)).rejects.toMatchObject({ name: 'ClusterApiError', reason: 'Timeout', status: 0 })
  await using refusing = await loopbackApi((_, response) =>
    json(response, statusObject(401, 'Unauthorized', 'Unauthorized'), 401),
  )
  await expect(check(refusing)).rejects.toThrow('Renew the token or certificate in the kubeconfig')
  await using anonymous = await loopbackApi((_, response) =>
    json(response, statusObject(403, 'Forbidden', 'no reviews for you'), 403),
  )
  await expect(check(anonymous)).rejects.toThrow('answers no question about permissions')
})

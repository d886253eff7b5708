import { expect, test } from 'vitest'
import { containers, tables } from '../../../shared/artifacts/layout.ts'
import { clustersSource } from '../../../shared/config/clusters-source.ts'
import { readKey } from '../../../shared/config/secret-ref.ts'
import { readSettings } from '../../../shared/config/settings.ts'
import { type CheckDeps, checks } from '../../../shared/health/checks.ts'
import { examine } from '../../../shared/health/examine.ts'
import type { Table } from '../../../shared/runtime/table.ts'
import { type MemoryBlobs, memoryBlobs } from '../../fakes/memory-blobs.ts'
import { memoryContainerGroups } from '../../fakes/memory-container-groups.ts'
import { memoryQueue } from '../../fakes/memory-queue.ts'
import { type MemoryTable, memoryTable } from '../../fakes/memory-table.ts'
import { memoryVault } from '../../fakes/memory-vault.ts'

const now = new Date('2026-03-01T12:00:00Z')
const clock = { now: () => now, sleep: async () => {} }
const refused = (what: string) => async () => {
  throw new Error(`403 AuthorizationPermissionMismatch: ${what}`)
}
const clustersYaml = `clusters:
  - name: east
    mcp: { endpoint: "https://mcp.example/mcp", api_key: "keyvault:mcp-east" }
    triage: { kubeconfig: "keyvault:kubeconfig-east" }
`

/** An installation in which all is well: what a test plants is all that is wrong with it. */
async function installation(
  given: { yaml?: string; environment?: Record<string, string>; secrets?: Record<string, string> } = {},
) {
  const blobs = new Map<string, MemoryBlobs>()
  const rows = new Map<string, MemoryTable>()
  const of = <T>(kept: Map<string, T>, name: string, make: () => T): T => {
    const found = kept.get(name) ?? make()
    kept.set(name, found)
    return found
  }
  const settings = readSettings({
    AGENT_IMAGE: 'cr.azurecr.io/nightcrier-agent@sha256:00',
    KEY_VAULT_URL: 'https://kv.vault.azure.net',
    SLACK_WEBHOOK_URL: 'keyvault:slack',
    AGENT_MODEL_PROVIDER: 'anthropic',
    AGENT_MODEL: 'model',
    AGENT_MODEL_KEY: 'keyvault:model',
    ...given.environment,
  })
  const vault = memoryVault(
    given.secrets ?? { slack: 'https://hooks.example/x', model: 'k', 'mcp-east': 'k', 'kubeconfig-east': 'k' },
  )
  const text = given.yaml ?? clustersYaml
  const deps: CheckDeps = {
    settings,
    storage: {
      blobs: (name) => of(blobs, name, () => memoryBlobs(clock)),
      queue: () => memoryQueue(clock),
      table: (name) => of(rows, name, memoryTable),
      queueAddLink: async () => 'https://st.queue.example/results?sig=x',
    },
    groups: memoryContainerGroups(),
    clusters: clustersSource({
      where: 'config/clusters.yaml',
      read: async () => ({ etag: '1', text }),
      log: () => undefined,
    }),
    secret: readKey({ vault }),
    follow: async () => 200,
    clock,
    newId: () => 'probe',
  }
  await deps.storage
    .table(tables.control)
    .insert('supervisors', 'supervisor-1', { at: now.toISOString(), patrolSeconds: 0 })
  return { deps, blobs, rows }
}
const wrong = async (deps: CheckDeps) => (await examine(checks(deps))).filter(({ ok }) => !ok)

test('where all is well nothing is told, and nothing stays of what was tried', async () => {
  const { deps, blobs, rows } = await installation()
  expect(await wrong(deps)).toEqual([])
  for (const one of blobs.values()) expect(one.names()).toEqual([])
  expect([...rows.values()].flatMap((one) => one.rows().map(({ partition }) => partition))).toEqual(['supervisors'])
})

type Plant = readonly [what: string, check: string, remedy: RegExp, deps: () => Promise<CheckDeps>]
const changed = async (change: (deps: CheckDeps) => Partial<CheckDeps>) => {
  const { deps } = await installation()
  return { ...deps, ...change(deps) }
}
const storage = (change: (deps: CheckDeps) => Partial<CheckDeps['storage']>) =>
  changed((deps) => ({ storage: { ...deps.storage, ...change(deps) } }))
const table = (name: string, part: Partial<Table>) => (deps: CheckDeps) => ({
  table: (asked: string) => ({ ...deps.storage.table(asked), ...(asked === name ? part : {}) }),
})

const plants: readonly Plant[] = [
  [
    'blobs may not be written',
    'container config',
    /Storage Blob Data Owner/,
    () =>
      storage((deps) => ({
        blobs: (name) => ({ ...deps.storage.blobs(name), ...(name === 'config' ? { write: refused('blob') } : {}) }),
      })),
  ],
  [
    'queues may not be read',
    'queue faults',
    /Storage Queue Data Contributor/,
    () => storage(() => ({ queue: () => ({ send: refused('queue'), length: refused('queue') }) })),
  ],
  [
    'tables may not be written',
    'table incidents',
    /Storage Table Data Contributor/,
    () => storage(table('incidents', { insert: refused('table') })),
  ],
  [
    'links cannot be signed',
    'links to reports',
    /Storage Blob Data Owner/,
    () =>
      storage((deps) => ({
        blobs: (name) => ({ ...deps.storage.blobs(name), readLink: refused('user delegation key') }),
      })),
  ],
  [
    'links are refused to their readers',
    'links to reports',
    /a way into the network/,
    () => changed(() => ({ follow: async () => 403 })),
  ],
  [
    'links for results cannot be signed',
    'links for results',
    /Storage Queue Delegator/,
    () => storage(() => ({ queueAddLink: refused('queue delegation key') })),
  ],
  [
    'the vault refuses',
    'secret of AGENT_MODEL_KEY',
    /Key Vault Secrets User/,
    () => changed(() => ({ secret: refused('vault') })),
  ],
  [
    'the secret of Slack is missing',
    'secret of SLACK_WEBHOOK_URL',
    /Store it under that name/,
    async () => (await installation({ secrets: { model: 'k', 'mcp-east': 'k', 'kubeconfig-east': 'k' } })).deps,
  ],
  [
    'a kubeconfig is missing',
    'secrets of clusters',
    /Onboard a cluster/,
    async () => (await installation({ secrets: { slack: 'x', model: 'k', 'mcp-east': 'k' } })).deps,
  ],
  [
    'a model without a key',
    'model',
    /AGENT_MODEL_KEY/,
    async () => (await installation({ environment: { AGENT_MODEL_KEY: '' } })).deps,
  ],
  [
    'no image',
    'image of the agents',
    /infra\/image\.sh/,
    async () => (await installation({ environment: { AGENT_IMAGE: '' } })).deps,
  ],
  [
    'groups may not be listed',
    'container groups',
    /Nightcrier run agents/,
    () => changed((deps) => ({ groups: { ...deps.groups, list: refused('container groups') } })),
  ],
  [
    'agents cannot be started again and again',
    'what fails again and again',
    /left alone for a while/,
    async () => {
      const { deps } = await installation()
      const at = now.toISOString()
      const fields = {
        state: 'open',
        failures: 3,
        since: at,
        openedAt: at,
        retryAt: at,
        openings: 1,
        untold: '',
        reasons: '[]',
        marks: '',
      }
      await deps.storage.table(tables.control).insert('breakers', 'container groups', fields)
      return deps
    },
  ],
  [
    'clusters.yaml is wrong',
    'clusters.yaml',
    /check-config/,
    async () => (await installation({ yaml: 'clusters: 7' })).deps,
  ],
  ['no cluster', 'clusters.yaml', /Upload/, async () => (await installation({ yaml: 'clusters: []' })).deps],
  ['no supervisor', 'supervisors', /Nothing is heard/, () => storage(table('control', { list: async () => [] }))],
  [
    'dead letters',
    'dead letters',
    /Dead letters/,
    async () => {
      const { deps } = await installation()
      await deps.storage.blobs(containers.deadLetters).write('faults/x.json', '{}')
      return deps
    },
  ],
]

test.each(plants)('%s: found as "%s", with what to do', async (_what, check, remedy, deps) => {
  const found = (await wrong(await deps())).filter((one) => one.check === check)
  expect(found).toHaveLength(1)
  expect(found[0]?.problem).not.toBe('')
  expect(found[0]?.remedy).toMatch(remedy)
})

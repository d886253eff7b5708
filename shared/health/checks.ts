import { CLUSTERS_FILE, containers, MOST_BREAKERS, queues, tables } from '../artifacts/layout.ts'
import type { ClustersSource } from '../config/clusters-source.ts'
import type { Settings } from '../config/settings.ts'
import type { Blobs } from '../runtime/blobs.ts'
import { readBreaker } from '../runtime/breaker.ts'
import type { Clock } from '../runtime/clock.ts'
import type { ContainerGroups } from '../runtime/container-groups.ts'
import type { Queue } from '../runtime/queue.ts'
import type { Table } from '../runtime/table.ts'
import { living } from './alive.ts'
import type { Check } from './examine.ts'

export type CheckDeps = {
  readonly settings: Settings
  readonly storage: {
    readonly blobs: (container: string) => Blobs
    readonly queue: (name: string) => Queue
    readonly table: (name: string) => Table
    readonly queueAddLink: (queue: string, expires: Date) => Promise<string>
  }
  readonly groups: ContainerGroups
  readonly clusters: Pick<ClustersSource, 'current'>
  /** Reads what a reference stands for, and throws in words. */
  readonly secret: (reference: string) => Promise<unknown>
  /** Follows a link as somebody else does; answers the status. */
  readonly follow: (link: string) => Promise<number>
  readonly clock: Clock
  /** Of files that are written to see whether they can be, and removed again. */
  readonly newId: () => string
}

const RIGHTS = 'infra/azure/modules/access.bicep gives it (Terraform: access.tf); a new role takes minutes to arrive'
const PROBE = '.doctor'
/** One for each place and for agents; a supervisor each; clusters as many as clusters.yaml can hold. */
const MOST_ROWS = 1_000
/** Each is one request to the vault: enough to see a role that is missing, and most names that are wrong. */
const MOST_SECRETS = 50

/** Everything outside that the app needs, tried with the app's own identity. Changes nothing that stays. */
export function checks(deps: CheckDeps): readonly Check[] {
  return [
    ...storageChecks(deps),
    ...linkChecks(deps),
    ...secretChecks(deps),
    ...agentChecks(deps),
    ...watchChecks(deps),
  ]
}

const soon = (clock: Clock) => new Date(clock.now().getTime() + 300_000)

function storageChecks({ storage, newId }: CheckDeps): readonly Check[] {
  return [
    ...Object.values(containers).map((container) => ({
      name: `container ${container}`,
      remedy: `The identity needs Storage Blob Data Owner on the account: ${RIGHTS}. A container that is missing: provision again.`,
      check: async () => {
        const name = `${PROBE}/${newId()}.txt`
        const blobs = storage.blobs(container)
        await blobs.write(name, 'written by nightcrier doctor')
        const read = await blobs.read(name, 1_000)
        await blobs.remove(name)
        return read === undefined ? 'what was written cannot be read' : undefined
      },
    })),
    ...Object.values(queues).map((queue) => ({
      name: `queue ${queue}`,
      remedy: `The identity needs Storage Queue Data Contributor on the account: ${RIGHTS}. A queue that is missing: provision again.`,
      check: async () => {
        await storage.queue(queue).length()
        return undefined
      },
    })),
    ...[...new Set<string>(Object.values(tables))].map((table) => ({
      name: `table ${table}`,
      remedy: `The identity needs Storage Table Data Contributor on the account: ${RIGHTS}. A table that is missing: provision again.`,
      check: async () => {
        const key = newId()
        const row = await storage.table(table).insert(PROBE, key, { at: 'doctor' })
        if (row !== undefined) await storage.table(table).remove(row)
        return undefined
      },
    })),
  ]
}

function linkChecks({ storage, follow, clock, newId }: CheckDeps): readonly Check[] {
  return [
    {
      name: 'links to reports',
      remedy: `The identity needs Storage Blob Data Owner, which lets it sign links: ${RIGHTS}. Refused where storage is private: readers need a way into the network.`,
      check: async () => {
        const blobs = storage.blobs(containers.incidents)
        const name = `${PROBE}/${newId()}.txt`
        await blobs.write(name, 'written by nightcrier doctor')
        try {
          const status = await follow(await blobs.readLink(name, soon(clock)))
          return status === 200 ? undefined : `a link that was just made answers ${status}`
        } finally {
          await blobs.remove(name)
        }
      },
    },
    {
      name: 'links for results',
      remedy: `The identity needs Storage Queue Delegator, without which no agent can hand in its result: ${RIGHTS}.`,
      check: async () => {
        await storage.queueAddLink(queues.results, soon(clock))
        return undefined
      },
    },
  ]
}

function secretChecks({ settings, secret, clusters }: CheckDeps): readonly Check[] {
  const named = (['AGENT_MODEL_KEY', 'SLACK_WEBHOOK_URL'] as const).filter((name) =>
    /^(keyvault|file):/.test(settings[name]),
  )
  return [
    ...named.map((name) => ({
      name: `secret of ${name}`,
      remedy: `Store it under that name, or set ${name} to another. A refusal (403): the identity needs Key Vault Secrets User: ${RIGHTS}.`,
      check: async () => {
        await secret(settings[name])
        return undefined
      },
    })),
    {
      name: 'secrets of clusters',
      remedy: `Store each under that name (docs/operations.md, Onboard a cluster). A refusal (403): the identity needs Key Vault Secrets User: ${RIGHTS}.`,
      check: async () => {
        const { clusters: known } = await clusters.current()
        const references = known
          .flatMap(({ mcp, triage }) => [mcp.api_key, triage.kubeconfig])
          .flatMap((one) => (one !== undefined && /^(keyvault|file):/.test(one) ? [one] : []))
        const wrong: string[] = []
        for (const one of [...new Set(references)].slice(0, MOST_SECRETS))
          await secret(one).catch((error: unknown) =>
            wrong.push(error instanceof Error ? error.message : String(error)),
          )
        return wrong.length === 0 ? undefined : wrong.slice(0, 5).join(' ')
      },
    },
    {
      name: 'model',
      remedy:
        'Set AGENT_MODEL_KEY to keyvault:<name> of a secret that holds the key (docs/operations.md, A model in five minutes).',
      check: async () =>
        settings.AGENT_MODEL_PROVIDER !== 'none' && settings.AGENT_MODEL_KEY === ''
          ? `AGENT_MODEL_PROVIDER is ${settings.AGENT_MODEL_PROVIDER}, but there is no key`
          : undefined,
    },
  ]
}

function agentChecks({ settings, groups, storage }: CheckDeps): readonly Check[] {
  return [
    {
      name: 'image of the agents',
      remedy:
        'Build and push it with infra/image.sh, then provision again (docs/operations.md, Install). Faults are told without it.',
      check: async () =>
        settings.AGENT_IMAGE === '' && settings.LOCAL_GROUPS_DIR === ''
          ? 'AGENT_IMAGE is not set: no agent is started'
          : undefined,
    },
    {
      name: 'container groups',
      remedy: `The identity needs the role "Nightcrier run agents" on AGENT_RESOURCE_GROUP: ${RIGHTS}.`,
      check: async () => {
        await groups.list()
        return undefined
      },
    },
    {
      name: 'what fails again and again',
      remedy: 'docs/operations.md, Something is left alone for a while, says for each what to look at.',
      check: async () => {
        const rows = await storage.table(tables.control).list({ partition: 'breakers', limit: MOST_BREAKERS })
        const open = rows.flatMap((row) => {
          const breaker = readBreaker(row)
          return breaker.state === 'open' ? [breaker.name] : []
        })
        return open.length === 0 ? undefined : `left alone for a while: ${open.join(', ')}`
      },
    },
  ]
}

function watchChecks({ storage, clusters, clock }: CheckDeps): readonly Check[] {
  return [
    {
      name: 'clusters.yaml',
      remedy: `Upload a right one to ${containers.config}/${CLUSTERS_FILE}; npx nightcrier check-config clusters.yaml says what is wrong before.`,
      check: async () => {
        const { clusters: known, problem } = await clusters.current()
        return problem ?? (known.length === 0 ? 'no cluster is named' : undefined)
      },
    },
    {
      name: 'supervisors',
      remedy: 'docs/operations.md, Nothing is heard. Right after a deployment it takes two minutes.',
      check: async () => {
        const rows = await storage.table(tables.control).list({ partition: 'supervisors', limit: MOST_ROWS })
        return living(rows, clock.now()) > 0 ? undefined : 'no supervisor has a heartbeat: nobody hears the clusters'
      },
    },
    {
      name: 'dead letters',
      remedy: 'docs/operations.md, Dead letters. Remove a blob when it is settled.',
      check: async () => {
        const found = await storage.blobs(containers.deadLetters).list('', MOST_ROWS)
        const kept = found.filter(({ name }) => !name.startsWith(`${PROBE}/`))
        return kept.length === 0 ? undefined : `${kept.length} in the container ${containers.deadLetters}`
      },
    },
  ]
}

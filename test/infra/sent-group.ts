import process from 'node:process'
import { createHttpHeaders, type PipelineRequest } from '@azure/core-rest-pipeline'
import { aciContainerGroups, type ContainerGroupsPlace } from '../../shared/azure/container-groups.ts'
import type { GroupSpec } from '../../shared/runtime/container-groups.ts'

// Prints as Bicep what the app sends to Azure to start an agent, so that the compiler judges it by Azure's own types.

const ID = '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-agents/providers'
const spec = (name: string): GroupSpec => ({
  name,
  tags: { nightcrier: 'triage', incidentId: 'east.0a1b2c.1', cluster: 'east', fence: '1', deadline: 'a time' },
  files: { 'job.json': '{}', kubeconfig: "a 'quoted' \\ text\nof two lines", 'model-key': 'not a key' },
  containers: [
    {
      ...{ name: 'broker', entry: 'broker.js', mountsFiles: true, sealed: false, cpu: 0.5, memoryGb: 1 },
      environment: { NIGHTCRIER_BROKER_PORT: '8700' },
    },
    {
      ...{ name: 'agent', entry: 'agent.js', mountsFiles: false, sealed: true, cpu: 0.5, memoryGb: 1 },
      environment: { NIGHTCRIER_BROKER: 'http://127.0.0.1:8700', NIGHTCRIER_TOKEN: 'not a token' },
    },
  ],
})
/** Every choice that the settings leave open. */
const places: Readonly<Record<string, Partial<ContainerGroupsPlace>>> = {
  bare: {},
  whole: {
    subnetId: `${ID}/Microsoft.Network/virtualNetworks/vnet/subnets/agents`,
    dnsServers: ['10.0.0.5', '10.0.0.6'],
    registryIdentity: `${ID}/Microsoft.ManagedIdentity/userAssignedIdentities/pull`,
  },
  variables: { filesIn: 'environment' },
}

/** What goes over the wire, by the app's own way to it. */
async function sent(name: string, place: Partial<ContainerGroupsPlace>): Promise<{ version: string; body: object }> {
  const puts: PipelineRequest[] = []
  const groups = aciContainerGroups({
    subscriptionId: '00000000-0000-0000-0000-000000000001',
    resourceGroup: 'rg-agents',
    location: 'westeurope',
    image: 'cr.azurecr.io/nightcrier-agent@sha256:00',
    credential: { getToken: async () => ({ token: 'none', expiresOnTimestamp: Number.MAX_SAFE_INTEGER }) },
    httpClient: {
      sendRequest: async (request) => {
        puts.push(request)
        return { request, status: 201, headers: createHttpHeaders(), bodyAsText: '{}' }
      },
    },
    ...place,
  })
  await groups.start(spec(name), { first: true })
  const [put] = puts
  if (typeof put?.body !== 'string') throw new Error(`Nothing was sent for ${name}.`)
  return { version: new URL(put.url).searchParams.get('api-version') ?? '', body: JSON.parse(put.body) }
}

function bicep(value: unknown): string {
  if (Array.isArray(value)) return `[\n${value.map((one) => `${bicep(one)}\n`).join('')}]`
  if (typeof value === 'number') return Number.isInteger(value) ? `${value}` : `json('${value}')`
  if (typeof value === 'string') return quoted(value)
  if (typeof value !== 'object' || value === null) return String(value)
  const members = Object.entries(value).map(([name, member]) => `${quoted(name)}: ${bicep(member)}\n`)
  return `{\n${members.join('')}}`
}

const quoted = (text: string): string =>
  `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('${', '\\${').replaceAll('\n', '\\n')}'`

for (const [name, place] of Object.entries(places)) {
  const { version, body } = await sent(`triage-${name}`, place)
  const type = `Microsoft.ContainerInstance/containerGroups@${version}`
  process.stdout.write(`resource ${name} '${type}' = ${bicep({ name: `triage-${name}`, ...body })}\n`)
}

import { z } from 'zod'
import { tokenFor } from './entra.ts'
import { type Answer, type LoopbackServer, loopbackServer, type Seen } from './loopback-server.ts'

const refused = (status: number, code: string, message: string): Answer => ({
  status,
  body: { error: { code, message } },
})

const ContainerBody = z.strictObject({
  name: z.string(),
  properties: z.strictObject({
    image: z.string(),
    command: z.array(z.string()),
    environmentVariables: z.array(
      z
        .strictObject({
          name: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/),
          value: z.string().optional(),
          secureValue: z.string().optional(),
        })
        // In Azure's words: one and only one property of 'value' and 'secureValue' can be specified.
        .refine(({ value, secureValue }) => Boolean(value) !== Boolean(secureValue), 'InvalidEnvironmentVariable'),
    ),
    resources: z.strictObject({ requests: z.strictObject({ cpu: z.number(), memoryInGB: z.number() }) }),
    volumeMounts: z
      .array(z.strictObject({ name: z.string(), mountPath: z.string(), readOnly: z.boolean().optional() }))
      .optional(),
  }),
})
/** Strict: whatever else is asked for (a public address, say) is refused, and so seen. */
const GroupBody = z.strictObject({
  location: z.string(),
  tags: z.record(z.string(), z.string()).optional(),
  identity: z.strictObject({ type: z.string(), userAssignedIdentities: z.record(z.string(), z.unknown()) }).optional(),
  properties: z.strictObject({
    osType: z.string(),
    restartPolicy: z.string(),
    containers: z.array(ContainerBody).min(1),
    volumes: z.array(z.strictObject({ name: z.string(), secret: z.record(z.string(), z.base64()) })).optional(),
    subnetIds: z.array(z.strictObject({ id: z.string() })).optional(),
    dnsConfig: z.strictObject({ nameServers: z.array(z.string()).min(1) }).optional(),
    imageRegistryCredentials: z.array(z.strictObject({ server: z.string(), identity: z.string() })).optional(),
  }),
})
type GroupBody = z.infer<typeof GroupBody>

type Kept = {
  readonly body: GroupBody
  state: string
  exitCodes: readonly number[]
  logs: Record<string, string | null>
  /** Of every container, where more is known than its exit code. */
  instanceView?: unknown
}

export type ArmFake = LoopbackServer & {
  readonly origin: string
  readonly groups: ReadonlyMap<string, Kept>
  /** What the next PUTs are answered with; undefined: they are accepted. */
  refusal: Answer | undefined
  /** Whoever asks may make and remove groups and no more: what became of an accepted request is refused to them. */
  operationsForbidden: boolean
  /** What happens inside: the state, and the containers' exit codes in order. */
  readonly become: (name: string, state: string, exitCodes?: readonly number[]) => void
  /** A container that wrote nothing has `null` for its text. */
  readonly say: (name: string, container: string, text: string | null) => void
  /** What every container of the group shows of itself from now on. */
  readonly show: (name: string, instanceView: unknown) => void
}

const PAGE = 2

/** Azure Resource Manager as far as container groups go, in its own words: 201 and an operation, lists without states. */
export async function startArm(
  subscription: string,
  resourceGroup: string,
  origin = 'https://management.azure.com',
): Promise<ArmFake> {
  const groups = new Map<string, Kept>()
  const root = `/subscriptions/${subscription}/resourceGroups/${resourceGroup}/providers/Microsoft.ContainerInstance/containerGroups`
  const operationOf = (name: string) =>
    `${origin}/subscriptions/${subscription}/providers/Microsoft.ContainerInstance/locations/x/operations/${name}?api-version=2023-05-01`
  const missing = (name: string) =>
    refused(
      404,
      'ResourceNotFound',
      `The Resource 'Microsoft.ContainerInstance/containerGroups/${name}' was not found.`,
    )
  const shown = (name: string, { body, state, exitCodes, instanceView }: Kept, whole: boolean) => ({
    id: `${root}/${name}`,
    name,
    type: 'Microsoft.ContainerInstance/containerGroups',
    ...body,
    properties: {
      ...body.properties,
      provisioningState: state === 'Pending' ? 'Creating' : 'Succeeded',
      // What is secret is not shown again.
      volumes: (body.properties.volumes ?? []).map((one) => ({ name: one.name, secret: {} })),
      containers: body.properties.containers.map((one, at) => ({
        ...one,
        properties: {
          ...one.properties,
          environmentVariables: one.properties.environmentVariables.map(({ secureValue: _, ...rest }) => rest),
          ...(whole && instanceView !== undefined
            ? { instanceView }
            : whole && exitCodes[at] !== undefined
              ? { instanceView: { currentState: { state: 'Terminated', exitCode: exitCodes[at] } } }
              : {}),
        },
      })),
      ...(whole ? { instanceView: { events: [], state } } : {}),
    },
  })
  const put = (name: string, text: string): Answer => {
    if (fake.refusal !== undefined) return fake.refusal
    const parsed = GroupBody.safeParse(JSON.parse(text))
    if (!parsed.success) return refused(400, 'InvalidRequestContent', z.prettifyError(parsed.error))
    const there = groups.get(name)?.body.properties.containers
    const sizes = (all: typeof there) => JSON.stringify(all?.map((one) => one.properties.resources))
    if (there !== undefined && sizes(there) !== sizes(parsed.data.properties.containers))
      return refused(
        400,
        'InvalidContainerGroupUpdate',
        `The updates on container group '${name}' are invalid. If you are going to update the os type, restart policy, network profile, CPU, memory or GPU resources for a container group, you must delete it first and then create a new one.`,
      )
    const kept: Kept = { body: parsed.data, state: 'Pending', exitCodes: [], logs: {} }
    const status = groups.has(name) ? 200 : 201
    groups.set(name, kept)
    return { status, headers: { 'azure-asyncoperation': operationOf(name) }, body: shown(name, kept, true) }
  }
  const logs = (group: string, container: string): Answer => {
    const kept = groups.get(group)
    if (kept === undefined) return missing(group)
    const text = kept.logs[container]
    if (text === undefined)
      return refused(409, 'ContainerGroupDeploymentNotReady', `The container group '${group}' is not ready.`)
    return { status: 200, body: { content: text } }
  }
  const server = await loopbackServer(({ method, path, query, headers, body }: Seen): Answer => {
    if (headers.authorization !== `Bearer ${tokenFor(`${origin}/.default`)}`)
      return refused(401, 'InvalidAuthenticationToken', 'The access token is invalid.')
    if (!/^\d{4}-\d{2}-\d{2}$/.test(query.get('api-version') ?? ''))
      return refused(400, 'MissingApiVersionParameter', 'The api-version query parameter is required.')
    if (path.includes('/operations/')) {
      if (fake.operationsForbidden) return refused(403, 'AuthorizationFailed', `No authorization over scope '${path}'.`)
      const made = groups.get(path.split('/').at(-1) ?? '')?.state !== 'Pending'
      return { status: 200, body: { status: made ? 'Succeeded' : 'InProgress' } }
    }
    if (path === root && method === 'GET') {
      const from = Number(query.get('$skip') ?? 0)
      const value = [...groups].slice(from, from + PAGE).map(([name, kept]) => shown(name, kept, false))
      const more =
        from + PAGE < groups.size ? { nextLink: `${origin}${root}?api-version=2023-05-01&$skip=${from + PAGE}` } : {}
      return { status: 200, body: { value, ...more } }
    }
    const [name = '', kind, container = '', leaf] = path.startsWith(`${root}/`)
      ? path.slice(root.length + 1).split('/')
      : []
    if (name === '') return refused(403, 'AuthorizationFailed', `No authorization over scope '${path}'.`)
    if (kind === 'containers' && leaf === 'logs') return logs(name, container)
    if (method === 'PUT') return put(name, body)
    const kept = groups.get(name)
    if (method === 'DELETE')
      return kept && groups.delete(name)
        ? { status: 202, headers: { 'azure-asyncoperation': operationOf(name) } }
        : { status: 204 }
    return kept ? { status: 200, body: shown(name, kept, true) } : missing(name)
  })
  const at = (name: string): Kept => {
    const kept = groups.get(name)
    if (!kept) throw new Error(`there is no group ${name}`)
    return kept
  }
  const fake: ArmFake = {
    ...server,
    origin,
    groups,
    refusal: undefined,
    operationsForbidden: false,
    become: (name, state, exitCodes = []) => void Object.assign(at(name), { state, exitCodes }),
    show: (name, instanceView) => void Object.assign(at(name), { instanceView }),
    say: (name, container, text) => void Object.assign(at(name).logs, { [container]: text }),
  }
  return fake
}

import type { Container, ContainerGroup } from '@azure/arm-containerinstance'
import type { ContainerSpec, GroupSpec } from '../runtime/container-groups.ts'

export type GroupPlace = {
  readonly location: string
  /** With digest: what runs is what was built. */
  readonly image: string
  /** Of a subnet delegated to container groups; empty or absent: outbound by Azure's own address. */
  readonly subnetId?: string
  /** Resource id of an identity that may pull the image and nothing else; empty or absent: the registry is public. */
  readonly registryIdentity?: string
  /** Name servers; empty or absent: Azure's, which do not ask those of the network. */
  readonly dnsServers?: readonly string[]
}

const FILES = '/run/nightcrier'

export function groupName(name: string): string {
  if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name))
    throw new Error(`not a name for a container group: ${name.slice(0, 80)}`)
  return name
}

/** One group of one life: nothing restarts it, nothing reaches it from outside, its files are on no disk. */
export function groupBody(place: GroupPlace, spec: GroupSpec): ContainerGroup {
  const { location, image, subnetId = '', registryIdentity = '', dnsServers = [] } = place
  groupName(spec.name)
  return {
    location,
    tags: { ...spec.tags },
    osType: 'Linux',
    restartPolicy: 'Never',
    containers: spec.containers.map((one) => container(image, one)),
    volumes: [{ name: 'files', secret: base64Values(spec.files) }],
    ...(subnetId === '' ? {} : { subnetIds: [{ id: subnetId }] }),
    // Only a group in a network can reach them, and only there Azure takes them.
    ...(subnetId === '' || dnsServers.length === 0 ? {} : { dnsConfig: { nameServers: [...dnsServers] } }),
    ...(registryIdentity === ''
      ? {}
      : {
          imageRegistryCredentials: [{ server: registryOf(image), identity: registryIdentity }],
          identity: { type: 'UserAssigned', userAssignedIdentities: { [registryIdentity]: {} } },
        }),
  }
}

/** `/app` is a link to where the image keeps its programs; Node asks for both. */
const SEALED = ['--permission', '--allow-fs-read=/app', '--allow-fs-read=/opt/nightcrier']

function container(image: string, spec: ContainerSpec): Container {
  const environment = { ...spec.environment, ...(spec.mountsFiles ? { NIGHTCRIER_FILES: FILES } : {}) }
  return {
    name: spec.name,
    image,
    command: ['node', ...(spec.sealed ? SEALED : []), `/app/${spec.entry}`],
    // Plain values can be read by whoever may look at the group.
    environmentVariables: Object.entries(environment).map(([name, secureValue]) => ({ name, secureValue })),
    resources: { requests: { cpu: spec.cpu, memoryInGB: spec.memoryGb } },
    ...(spec.mountsFiles ? { volumeMounts: [{ name: 'files', mountPath: FILES, readOnly: true }] } : {}),
  }
}

const base64Values = (files: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(files).map(([name, text]) => [name, Buffer.from(text).toString('base64')]))

const registryOf = (image: string): string => image.slice(0, Math.max(0, image.indexOf('/')))

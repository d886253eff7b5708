import type { Container, ContainerGroup } from '@azure/arm-containerinstance'
import type { ContainerSpec, GroupSpec } from '../runtime/container-groups.ts'
import { GiveUp } from '../runtime/errors.ts'
import { FILES_IN_ENVIRONMENT, fileVariable } from '../runtime/group-files.ts'

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
  /** `environment`: where the volume's files belong to another user than the image's. */
  readonly filesIn?: 'volume' | 'environment'
}

const FILES = '/run/nightcrier'

export function groupName(name: string): string {
  if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name))
    throw new Error(`not a name for a container group: ${name.slice(0, 80)}`)
  return name
}

/** One group of one life: nothing restarts it, nothing reaches it from outside, its files are on no disk. */
export function groupBody(place: GroupPlace, spec: GroupSpec): ContainerGroup {
  const { location, image, subnetId = '', registryIdentity = '', dnsServers = [], filesIn = 'volume' } = place
  groupName(spec.name)
  const files = filesIn === 'volume' ? undefined : inEnvironment(spec.files)
  return {
    location,
    tags: { ...spec.tags },
    osType: 'Linux',
    restartPolicy: 'Never',
    containers: spec.containers.map((one) => container(image, one, files)),
    ...(files === undefined ? { volumes: [{ name: 'files', secret: base64Values(spec.files) }] } : {}),
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

function container(image: string, spec: ContainerSpec, files: Readonly<Record<string, string>> | undefined): Container {
  const mounts = spec.mountsFiles && files === undefined
  const environment = {
    ...spec.environment,
    ...(mounts ? { NIGHTCRIER_FILES: FILES } : {}),
    ...(spec.mountsFiles ? files : {}),
  }
  return {
    name: spec.name,
    image,
    command: ['node', ...(spec.sealed ? SEALED : []), `/app/${spec.entry}`],
    // Plain values can be read by whoever may look at the group.
    environmentVariables: Object.entries(environment).flatMap(([name, secureValue]) =>
      // Azure refuses the whole group for a variable that is empty.
      secureValue === '' ? [] : [{ name, secureValue }],
    ),
    resources: { requests: { cpu: spec.cpu, memoryInGB: spec.memoryGb } },
    ...(mounts ? { volumeMounts: [{ name: 'files', mountPath: FILES, readOnly: true }] } : {}),
  }
}

/** Of one variable, with its name; Linux refuses to start a program with a longer one. */
const MOST_VARIABLE_BYTES = 128 * 1024 - 1

function inEnvironment(files: Readonly<Record<string, string>>): Record<string, string> {
  const given: Record<string, string> = { NIGHTCRIER_FILES: FILES_IN_ENVIRONMENT }
  for (const [name, text] of Object.entries(files)) {
    const variable = fileVariable(name)
    if (Buffer.byteLength(`${variable}=${text}`) > MOST_VARIABLE_BYTES)
      throw new GiveUp(`${name} has over 128 KiB, more than a variable holds: set AGENT_FILES to volume.`)
    given[variable] = text
  }
  return given
}

const base64Values = (files: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(files).map(([name, text]) => [name, Buffer.from(text).toString('base64')]))

const registryOf = (image: string): string => image.slice(0, Math.max(0, image.indexOf('/')))

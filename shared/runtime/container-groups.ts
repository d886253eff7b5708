/** One group of containers that share a network and a secret volume: an Azure container group, or local processes. */
export type ContainerSpec = {
  readonly name: 'broker' | 'agent'
  /** What to run, from the image's entry folder: `broker.js`. */
  readonly entry: string
  readonly environment: Readonly<Record<string, string>>
  /** Mounts the group's files at NIGHTCRIER_FILES; only the broker does. */
  readonly mountsFiles: boolean
  /** Runs under Node's permissions: it reads its own program, talks to the network, and can do no more on its machine. */
  readonly sealed: boolean
  readonly cpu: number
  readonly memoryGb: number
}
export type GroupSpec = {
  /** Derived from the incident, so that starting it again finds the first one. [a-z0-9-]{1,63} */
  readonly name: string
  readonly tags: Readonly<Record<string, string>>
  readonly containers: readonly ContainerSpec[]
  /** File name → content, in memory-backed storage that only this group can read. */
  readonly files: Readonly<Record<string, string>>
}
export type GroupState = 'pending' | 'running' | 'succeeded' | 'failed' | 'stopped'
export type Group = {
  readonly name: string
  readonly state: GroupState
  readonly tags: Readonly<Record<string, string>>
  /** Of the container that ended worst, when ended. */
  readonly exitCode?: number
  /** What the platform says of trouble: the last warning, or why a container ended. */
  readonly reason?: string
}
export type ContainerGroups = {
  /**
   * Never waits for the group to run. `no-capacity`: quota or region is full, try again later. Other refusals throw.
   * `first`: nobody can have started a group of this name yet, so that it need not be looked for.
   */
  readonly start: (
    spec: GroupSpec,
    options?: { readonly first?: boolean },
  ) => Promise<'started' | 'already-there' | 'no-capacity'>
  readonly list: () => Promise<readonly Group[]>
  readonly get: (name: string) => Promise<Group | undefined>
  /** The last 64 KiB of one container's output; empty when there is none. */
  readonly logs: (name: string, container: string) => Promise<string>
  /** Ends and removes; no error when there is none. */
  readonly remove: (name: string) => Promise<void>
}

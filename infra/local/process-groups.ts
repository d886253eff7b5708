import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import type { ContainerGroups, ContainerSpec, Group, GroupSpec } from '../../shared/runtime/container-groups.ts'
import { endProcessGroup, isRunning } from './own-process.ts'

const Manifest = z.strictObject({
  name: z.string(),
  tags: z.record(z.string(), z.string()),
  containers: z.array(z.string()).min(1),
})
type Manifest = z.infer<typeof Manifest>

const validName = /^[a-z0-9-]{1,63}$/
/** The port's promise for logs. */
const MAX_LOG_BYTES = 64 * 1024
/** A group is listed whole: far more than ever run on one machine. */
const MAX_GROUPS = 1_000
/** Between the wish and the force, as a container platform does, only shorter. */
const END_LIMIT_MS = 2_000

/**
 * The tiny parent of one container: says who it is, runs the program, keeps its exit code. The file-size limit (in
 * blocks of 512 bytes, 64 MiB) keeps a program that never stops talking from filling the disk with its log; the trap
 * lets the parent live until the program has ended.
 */
const WRAPPER = 'trap : TERM; ulimit -f 131072; at="$1"; shift; echo $$ >"$at.pid"; "$@"; echo $? >"$at.exit"'

/** Under its first name in Node 20. */
const PERMISSION = process.allowedNodeEnvironmentFlags.has('--permission')
  ? '--permission'
  : '--experimental-permission'

/** Whom this machine trusts: a container of its own has the image's. */
function trusted(): Readonly<Record<string, string>> {
  const { NODE_EXTRA_CA_CERTS: file = '' } = process.env
  // Seen from where we stand, which is not where a container does.
  return file === '' ? {} : { NODE_EXTRA_CA_CERTS: resolve(file) }
}

/** Beside the bundled chunk, or in the built app when run from source. */
const besideChunk = fileURLToPath(new URL('../agent/', import.meta.url))
const builtAgent = existsSync(besideChunk) ? besideChunk : fileURLToPath(new URL('../../dist/agent/', import.meta.url))

/**
 * Container groups as child processes, for local use. All state lies in files under `folder`, so that any process can
 * list, read or end what another one started; a group outlives its starter. A container sees its own environment and
 * nothing of ours but whom this machine trusts. `programs` holds the entries.
 */
export function processContainerGroups(folder: string, programs: string = builtAgent): ContainerGroups {
  const home = (name: string) => join(folder, name)

  async function describe(name: string): Promise<Group | undefined> {
    const manifest = await readManifest(home(name))
    if (manifest === undefined) return undefined
    const codes = await Promise.all(manifest.containers.map((container) => exitOf(join(home(name), container))))
    const shown = { name, tags: manifest.tags }
    if (codes.includes('running')) return { ...shown, state: 'running' }
    if (codes.includes('pending')) return { ...shown, state: 'pending' }
    const exitCode = Math.max(...codes.filter((code) => typeof code === 'number'))
    return { ...shown, state: exitCode === 0 ? 'succeeded' : 'failed', exitCode }
  }

  return {
    start: async (spec) => {
      if (!validName.test(spec.name)) throw new Error(`"${spec.name}" is no name of a container group.`)
      for (const { entry } of spec.containers)
        if (!existsSync(join(programs, entry)))
          throw new Error(`${join(programs, entry)} is missing. Build the app first: npm run build.`)
      await mkdir(folder, { recursive: true, mode: 0o700 })
      if (!(await claim(folder, home(spec.name), spec))) return 'already-there'
      for (const container of spec.containers) await launch(home(spec.name), programs, container)
      return 'started'
    },
    list: async () => {
      const names = await readdir(folder).catch(noneIfMissing)
      const groups = await Promise.all(
        names
          .filter((name) => validName.test(name))
          .slice(0, MAX_GROUPS)
          .map(describe),
      )
      return groups.filter((group) => group !== undefined)
    },
    get: async (name) => (validName.test(name) ? describe(name) : undefined),
    logs: async (name, container) => {
      const manifest = validName.test(name) ? await readManifest(home(name)) : undefined
      return manifest?.containers.includes(container) === true ? tail(join(home(name), `${container}.log`)) : ''
    },
    remove: async (name) => {
      const manifest = validName.test(name) ? await readManifest(home(name)) : undefined
      if (manifest === undefined) return
      for (const container of manifest.containers) {
        const path = join(home(name), container)
        const pid = await readPid(path)
        if (pid !== undefined) await endProcessGroup(pid, path, END_LIMIT_MS)
      }
      await rm(home(name), { recursive: true, force: true })
    },
  }
}

/** The folder appears whole under its name, or not at all when another start was first. */
async function claim(folder: string, target: string, spec: GroupSpec): Promise<boolean> {
  if (existsSync(target)) return false
  for (const name of Object.keys(spec.files))
    if (!/^[\w.-]+$/.test(name)) throw new Error(`"${name}" is no name of a file.`)
  const draft = await mkdtemp(join(folder, '.start-'))
  try {
    const files = join(draft, 'files')
    await mkdir(files, { mode: 0o700 })
    for (const [name, content] of Object.entries(spec.files))
      await writeFile(join(files, name), content, { mode: 0o600 })
    const containers = spec.containers.map(({ name }) => name)
    const manifest: Manifest = { name: spec.name, tags: { ...spec.tags }, containers }
    await writeFile(join(draft, 'group.json'), JSON.stringify(manifest), { mode: 0o600 })
    await rename(draft, target)
    return true
  } catch (error) {
    await rm(draft, { recursive: true, force: true })
    const taken = error instanceof Error && 'code' in error && (error.code === 'ENOTEMPTY' || error.code === 'EEXIST')
    if (taken) return false
    throw error
  }
}

async function launch(home: string, programs: string, container: ContainerSpec): Promise<void> {
  const path = join(home, container.name)
  const log = await open(`${path}.log`, 'a', 0o600)
  try {
    const files = container.mountsFiles ? { NIGHTCRIER_FILES: join(home, 'files') } : {}
    // Of one user with its broker, whose files it could read otherwise.
    const seal = ['', '../chunks', '../package.json'].map((path) => `--allow-fs-read=${join(programs, path)}`)
    const program = [
      process.execPath,
      ...(container.sealed ? [PERMISSION, ...seal] : []),
      join(programs, container.entry),
    ]
    const child = spawn('/bin/sh', ['-c', WRAPPER, 'nightcrier-container', path, ...program], {
      cwd: home,
      // The whole environment: our settings and keys are not the container's business.
      env: { ...trusted(), ...container.environment, ...files },
      stdio: ['ignore', log.fd, log.fd],
      // A session of its own: it outlives us, and can be ended with all that it started.
      detached: true,
    })
    await new Promise<void>((resolve, reject) => child.once('spawn', resolve).once('error', reject))
    child.unref()
  } finally {
    await log.close()
  }
}

async function exitOf(path: string): Promise<number | 'running' | 'pending'> {
  const exit = await readNumber(`${path}.exit`)
  if (exit !== undefined) return exit
  const pid = await readPid(path)
  if (pid === undefined) return 'pending'
  if (await isRunning(pid, path)) return 'running'
  // It may have ended between the two looks; else it was killed, and its wrapper with it.
  return (await readNumber(`${path}.exit`)) ?? 137
}

const readPid = (path: string) => readNumber(`${path}.pid`)

async function readNumber(path: string): Promise<number | undefined> {
  const text = await readFile(path, 'utf8').catch(() => '')
  return /^\d+\n$/.test(text) ? Number(text) : undefined
}

async function readManifest(home: string): Promise<Manifest | undefined> {
  const text = await readFile(join(home, 'group.json'), 'utf8').catch(() => undefined)
  return text === undefined ? undefined : Manifest.parse(JSON.parse(text))
}

async function tail(path: string): Promise<string> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    const start = Math.max(0, size - MAX_LOG_BYTES)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - start), 0, size - start, start)
    return buffer.toString('utf8', 0, bytesRead)
  } finally {
    await file.close()
  }
}

function noneIfMissing(error: unknown): string[] {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
  throw error
}

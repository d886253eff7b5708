import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve, sep } from 'node:path'
import process from 'node:process'
import { unzipSync } from 'fflate'
import { errorText, GiveUp } from '../runtime/errors.ts'
import type { Client } from './client.ts'
import { find } from './incidents.ts'
import type { Output } from './terminal.ts'

/** Unpacked; an exported incident has some hundred kilobytes. */
const MAX_UNPACKED_BYTES = 256 * 1024 * 1024
const MOST_FILES = 5_000

export type ReplayDeps = {
  readonly client: Client
  readonly out: Output
  readonly json: boolean
  /** The program that runs scenarios; it is there in a clone only. */
  readonly runner: string
}

/** `nightcrier replay ID`: fetches the incident as a scenario, and investigates it again on this machine. */
export async function replay(deps: ReplayDeps, id: string, folder: string | undefined): Promise<number> {
  const { client, out, json, runner } = deps
  const { incidentId } = await find(client, id)
  out.progress(`fetching ${incidentId} …`)
  const zipped = await client.bytes(`incidents/${incidentId}/scenario`)
  const target = resolve(folder ?? (await mkdtemp(join(tmpdir(), 'nightcrier-replay-'))))
  const scenario = await unpack(zipped, target, incidentId)
  out.progress('')
  if (!existsSync(runner)) {
    if (json) out.line(JSON.stringify({ incidentId, scenario }))
    else out.line(scenario)
    out.note('To run it, use a clone of the repository: npm run scenario -- with this folder.')
    return 0
  }
  if (!json)
    out.note(out.colors.dim(`${incidentId} is in ${scenario}; it is investigated again on a simulated cluster.`))
  return run(runner, [...(json ? ['--json'] : []), scenario])
}

async function unpack(zipped: Uint8Array, target: string, incidentId: string): Promise<string> {
  let bytes = 0
  let count = 0
  let files: ReturnType<typeof unzipSync>
  try {
    files = unzipSync(zipped, {
      filter: ({ originalSize }) => {
        bytes += originalSize
        count += 1
        if (bytes > MAX_UNPACKED_BYTES || count > MOST_FILES) throw new Error('it is far too large for an incident')
        return true
      },
    })
  } catch (error) {
    throw new GiveUp(`What came for ${incidentId} cannot be unpacked: ${errorText(error)}.`)
  }
  for (const [name, content] of Object.entries(files)) {
    const path = resolve(target, name)
    // The app is trusted with much, but not with writing elsewhere on this machine.
    if (!path.startsWith(`${target}${sep}`))
      throw new GiveUp(`What came for ${incidentId} holds a path that leads out of its folder.`)
    if (name.endsWith('/')) continue
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, content)
  }
  return join(target, incidentId)
}

const run = (runner: string, args: readonly string[]): Promise<number> =>
  new Promise((done, failed) => {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', runner, ...args], {
      stdio: 'inherit',
    })
    child.once('error', failed)
    child.once('exit', (code) => done(code ?? 1))
  })

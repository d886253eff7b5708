import { randomUUID } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from '../../../infra/build.ts'
import { type Host, type HostOptions, startHost } from '../../../infra/local/host/start-host.ts'

export type JournalEntry = {
  readonly at: number
  readonly pid: number
  readonly name: string
  readonly event: string
  readonly id: string
  readonly dequeueCount?: number
  readonly isPastDue?: boolean
  readonly job?: { readonly id: string }
}
export type FixtureHost = Host & {
  readonly journal: () => readonly JournalEntry[]
  readonly output: readonly string[]
}

const root = fileURLToPath(new URL('fixture-app', import.meta.url))

/** Builds the fixture app with the product's own build. */
export async function buildFixture(): Promise<{ folder: string; remove: () => void }> {
  const folder = mkdtempSync(join(tmpdir(), 'nightcrier-fixture-'))
  await build(root, folder)
  return { folder, remove: () => rmSync(folder, { recursive: true }) }
}

export const FIXTURE_FUNCTIONS = ['alive', 'broken', 'odd', 'rest', 'supervisor-1', 'things', 'work']

/** A host of the fixture app whose functions write down what happens to them. */
export async function startFixtureHost(
  app: string,
  environment: Record<string, string>,
  options: Partial<HostOptions> = {},
): Promise<FixtureHost> {
  // Goes with the built fixture.
  const file = join(app, `journal-${randomUUID()}`)
  const output: string[] = []
  const host = await startHost({
    app,
    // A day without a tick, unless a test wants one.
    environment: { TICK: '0 0 0 1 1 *', JOURNAL: file, ...environment },
    expected: FIXTURE_FUNCTIONS,
    log: (line, worker) => output.push(`${worker} ${line}`),
    ...options,
    limits: { maxPollMs: 100, retryDelayMs: 0, ...options.limits },
  })
  return {
    ...host,
    output,
    journal: () =>
      !existsSync(file)
        ? []
        : readFileSync(file, 'utf8')
            .split('\n')
            .filter(Boolean)
            .map((line) => JSON.parse(line)),
  }
}

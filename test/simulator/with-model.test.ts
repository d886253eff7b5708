import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startModelServer } from '../fakes/model-server.ts'
import { submission } from '../fakes/scripted-models.ts'

test('a model can be measured on a scenario: what the rules said, what it made of that, what it took', async () => {
  const cause = { kind: 'Deployment', namespace: 'saloon', name: 'velvet-ox', class: 'Named' }
  const model = await startModelServer(
    () => submission(cause, [{ id: 'e1', quote: 'nothing of the kind' }]),
    'no-key-is-needed-here',
  )
  try {
    const folder = join(import.meta.dirname, '../scenarios/traps/zap')
    const run = spawn(
      process.execPath,
      [join(import.meta.dirname, 'run-scenario.ts'), folder, '--json', '--model-url', `${model.url}/v1`],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    )
    let said = ''
    run.stderr.on('data', (chunk) => (said += String(chunk)))
    run.stdout.resume()
    await once(run, 'close')
    expect(said).toMatch(/scenario +rules +with model +outcome +turns/)
    expect(said).toMatch(/zap .*\d+ +\d+ +[\d.]+/)
    expect(said).toMatch(/right object: rules \d of 1, with model \d of 1; right and overruled: 0/)
    expect(model.requests.length).toBeGreaterThan(0)
  } finally {
    await model.stop()
  }
}, 120_000)

import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { expect, onTestFinished, test } from 'vitest'
import { readJob } from '../../../agent-container/broker/job.ts'
import { crashJob } from '../crashing-web.ts'

const program = join(import.meta.dirname, '../../../agent-container/broker/job.ts')
const sampleJob = crashJob({ bundle: 'https://st.example/b', results: 'https://st.example/r' }, 600)
const isRoot = process.getuid?.() === 0

test('files in variables are read once, and are gone from the environment then', async () => {
  const job = { ...sampleJob, model: { provider: 'anthropic', model: 'm', keyFile: 'model-key' } }
  const environment: Record<string, string | undefined> = {
    NIGHTCRIER_FILES: 'environment',
    NIGHTCRIER_FILE_JOB_JSON: JSON.stringify(job),
    NIGHTCRIER_FILE_KUBECONFIG: 'the kubeconfig',
    NIGHTCRIER_FILE_MODEL_KEY: 'the key\n',
  }
  expect(await readJob(environment)).toMatchObject({ kubeconfig: 'the kubeconfig', modelKey: 'the key' })
  expect(Object.keys(environment)).toEqual(['NIGHTCRIER_FILES'])
  await expect(readJob(environment)).rejects.toThrow('NIGHTCRIER_FILE_JOB_JSON is not set')
})

// Root reads everything, so that only it can be somebody else.
test.runIf(isRoot)('files of another user are told with their mode, owner and what to set', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nightcrier-modes-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  chmodSync(folder, 0o755)
  const read = (mode: number) => {
    for (const [name, text] of Object.entries({
      'job.json': JSON.stringify(sampleJob),
      kubeconfig: 'the kubeconfig',
    })) {
      writeFileSync(join(folder, name), text)
      chmodSync(join(folder, name), mode)
    }
    const code = `
      const { readJob } = await import(${JSON.stringify(program)})
      process.setgid(10001); process.setuid(10001)
      console.log(await readJob({ NIGHTCRIER_FILES: ${JSON.stringify(folder)} }).then(({ kubeconfig }) => kubeconfig, ({ message }) => message))`
    return execFileSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' }).trim()
  }
  expect(read(0o644)).toBe('the kubeconfig')
  expect(read(0o400)).toContain(
    'job.json cannot be read (EACCES): it has mode 400 of user 0, and the broker is user 10001. Set AGENT_FILES to environment',
  )
})

import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { stringify } from 'yaml'
import { badCommand } from './bad-command.ts'
import type { Draft } from './draft.ts'
import { healthyNoisy } from './healthy-noisy.ts'
import { imageTagMissing } from './image-tag-missing.ts'
import { nodeNotReady } from './node-not-ready.ts'
import { oomLimitTooLow } from './oom-limit-too-low.ts'

/** `node test/simulator/author/write.ts` writes the drafts' folders anew; nothing else in test/scenarios is touched. */
const drafts: readonly Draft[] = [badCommand, imageTagMissing, nodeNotReady, oomLimitTooLow, healthyNoisy]
const scenarios = new URL('../../scenarios/', import.meta.url).pathname
const yaml = (value: unknown) => stringify(value, { aliasDuplicateObjects: false, lineWidth: 0 })

for (const draft of drafts) {
  const folder = join(scenarios, draft.name)
  rmSync(folder, { recursive: true, force: true })
  const put = (name: string, text: string) => {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  const objects = draft.objects.map((object) => `---\n${yaml(object)}`)
  put('cluster.yaml', `# Picture taken at ${draft.now}; Kubernetes v1.33.4\n${objects.join('')}`)
  for (const [name, text] of Object.entries(draft.logs ?? {})) put(`logs/${name}.log`, text)
  if (draft.access !== undefined) put('access.yaml', yaml(draft.access))
  put('expect.yaml', yaml(draft.expect))
}

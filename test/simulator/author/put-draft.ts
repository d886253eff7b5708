import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { stringify } from 'yaml'
import type { Draft } from './draft.ts'

const yaml = (value: unknown) => stringify(value, { aliasDuplicateObjects: false, lineWidth: 0 })

/** Writes a draft as a scenario's folder, in place of the one that is there. */
export function putDraft(scenarios: string, draft: Draft): string {
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
  return folder
}

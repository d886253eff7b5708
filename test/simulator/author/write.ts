import { fileURLToPath } from 'node:url'
import { catalogue } from './catalogue.ts'
import { putDraft } from './put-draft.ts'

/** `node test/simulator/author/write.ts` writes the drafts' folders anew; nothing else in test/scenarios is touched. */
const scenarios = fileURLToPath(new URL('../../scenarios/', import.meta.url))
for (const draft of catalogue()) putDraft(scenarios, draft)

import { join } from 'node:path'
import { Command, Option } from 'commander'
import { build } from '../../infra/build.ts'
import { startAzurite } from '../../infra/local/azurite.ts'
import { ensureStorage } from '../../shared/azure/ensure-storage.ts'
import { storageFromSettings } from '../../shared/azure/storage-from-settings.ts'
import { eventually } from '../end-to-end/whole-app.ts'
import { askDoctor } from './ask-doctor.ts'
import { identity } from './identity.ts'
import { oneCluster } from './one-cluster.ts'
import { settled } from './settled.ts'
import { upgrade } from './upgrade.ts'

const root = join(import.meta.dirname, '../..')
const say = (line: string): void => console.log(line)

async function localStack(): Promise<void> {
  await using stack = new AsyncDisposableStack()
  const cluster = await oneCluster(stack, ['first0x'])
  const azurite = await startAzurite()
  stack.defer(azurite.stop)
  const settings = { AzureWebJobsStorage: azurite.connectionString }
  await ensureStorage(settings)
  const { folder } = await build(root, join(cluster.folder, 'app'))
  const { host, stop } = await cluster.start(folder, settings)
  stack.defer(stop)
  await eventually('the watch', 60, async () => cluster.heard(), Boolean)
  cluster.fail('first0x')
  await settled(storageFromSettings(settings), ['first0x'])
  await askDoctor(host.url, host.functionKey, say)
}

const all = { doctor: localStack, identity: () => identity(say) }
await new Command('npm run deployed --')
  .description(
    'The built package as it is deployed, on the local host: doctor with an agent, identity without any key over HTTPS, and with --from both directions between two versions over one storage.',
  )
  .option('--from <commit>', 'the earlier version')
  .addOption(new Option('--only <part>').choices(['doctor', 'identity', 'upgrade']))
  .action(async ({ from, only }: { readonly from?: string; readonly only?: string }) => {
    for (const [name, part] of Object.entries(all)) if (only === undefined || only === name) await part()
    if (from !== undefined && (only === undefined || only === 'upgrade')) await upgrade(from, say)
  })
  .parseAsync()

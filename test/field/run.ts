import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { Command, InvalidArgumentError } from 'commander'
import { errorText } from '../../shared/runtime/errors.ts'
import { type FieldFault, manifestOf, readFaults } from './fault-file.ts'
import { fieldTable, isOf, type Judgement, judgeField, type Told } from './judge-field.ts'
import { type Kubectl, kubectlFor, wordsOf } from './kubectl.ts'
import { type Product, startProduct } from './product.ts'

type Options = {
  readonly kubeconfig: string
  readonly only?: readonly string[]
  readonly images: ReadonlyMap<string, string>
  readonly atOnce: number
  readonly quiet: number
}
type Row = {
  readonly fault: FieldFault
  readonly all: readonly Told[]
  readonly judgement: Judgement
  readonly resolvedSeconds: number | undefined
}
/** Incidents change within seconds; asking oftener shows nothing more. */
const LOOK_MS = 3_000
/** Beyond the quiet period: until the sweep has seen it. */
const RESOLVE_SLACK_SECONDS = 240
const done = new Set(['reported', 'evidence-only', 'failed', 'skipped', 'resolved'])

async function main(options: Options) {
  const faults = readFaults(options.images).filter(({ name }) => options.only?.includes(name) ?? true)
  if (faults.length === 0) throw new Error('--only names no file of test/field/faults or test/field/healthy.')
  const kubectl = kubectlFor(options.kubeconfig)
  const product = await startProduct(options.kubeconfig, options.quiet)
  const rows: Row[] = []
  const left = [...faults]
  async function work() {
    for (let fault = left.shift(); fault !== undefined; fault = left.shift()) {
      const row = await tryFault(fault, kubectl, product, options.quiet)
      console.error(`${fault.name}: ${row.judgement}`)
      rows.push(row)
    }
  }
  try {
    await Promise.all(Array.from({ length: options.atOnce }, work))
  } finally {
    await product.stop()
    // Also those of a run that broke off; nothing of it is left in the cluster.
    for (const { namespace } of faults) await remove(kubectl, namespace)
  }
  const order = faults.map(({ name }) => name)
  console.log(fieldTable(rows.toSorted((a, b) => order.indexOf(a.fault.name) - order.indexOf(b.fault.name))))
  const count = (...words: Judgement[]) => rows.filter(({ judgement }) => words.includes(judgement)).length
  console.log(
    `${rows.length} tried: ${count('right')} right, ${count('partly')} partly, ${count('wrong')} wrong, ${count('missed')} missed, ${count('not made')} not made; controls: ${count('quiet')} quiet, ${count('false alarm')} false alarms`,
  )
  process.exitCode = count('wrong', 'missed', 'false alarm', 'not made') === 0 && rows.length === faults.length ? 0 : 1
}

async function tryFault(fault: FieldFault, kubectl: Kubectl, product: Product, quiet: number): Promise<Row> {
  const since = new Date()
  try {
    await kubectl(['apply', '-f', '-'], manifestOf(fault))
    for (const line of fault.after) await kubectl(['-n', fault.namespace, ...wordsOf(line)])
    const own = async () => (await product.incidents(since)).filter((told) => isOf(fault, told))
    const all = await until(own, fault.waitSeconds, (found) => !fault.healthy && isReported(found))
    const judgement = judgeField(fault, all)
    if (fault.healthy || all.length === 0) return { fault, all, judgement, resolvedSeconds: undefined }
    const repaired = Date.now()
    await repair(fault, kubectl)
    const over = await until(own, quiet + RESOLVE_SLACK_SECONDS, (found) =>
      found.every(({ status }) => status === 'resolved'),
    )
    const resolved = over.every(({ status }) => status === 'resolved')
    return { fault, all, judgement, resolvedSeconds: resolved ? (Date.now() - repaired) / 1000 : undefined }
  } catch (error) {
    console.error(`${fault.name}: ${errorText(error)}`)
    return { fault, all: [], judgement: 'not made', resolvedSeconds: undefined }
  } finally {
    await remove(kubectl, fault.namespace)
  }
}
const isReported = (found: readonly Told[]) => found.length > 0 && found.every(({ status }) => done.has(status))

async function until(
  look: () => Promise<readonly Told[]>,
  seconds: number,
  isDone: (found: readonly Told[]) => boolean,
): Promise<readonly Told[]> {
  const deadline = Date.now() + seconds * 1000
  let found: readonly Told[] = []
  while (Date.now() < deadline) {
    // One look that fails is no end: the functions may be busy with a storm of our own making.
    found = await look().catch(() => found)
    if (isDone(found)) return found
    await sleep(LOOK_MS)
  }
  return found
}

async function repair({ namespace, repair: lines }: FieldFault, kubectl: Kubectl) {
  for (const line of lines) await kubectl(['-n', namespace, ...wordsOf(line)])
  if (lines.length > 0) return
  // What has no repair of its own is taken away, as somebody would who gives up on it.
  const kinds = 'deployments,statefulsets,daemonsets,jobs,cronjobs,pods,services,ingresses,horizontalpodautoscalers,pvc'
  await kubectl(['-n', namespace, 'delete', kinds, '--all', '--wait=false'])
}

const remove = (kubectl: Kubectl, namespace: string) =>
  kubectl(['delete', 'namespace', namespace, '--ignore-not-found', '--wait=false']).catch((error: unknown) =>
    console.error(`${namespace} is left in the cluster: ${errorText(error)}`),
  )

const image = (value: string, known: ReadonlyMap<string, string> = new Map()) => {
  const [name, ...rest] = value.split('=')
  if (!name || rest.length === 0)
    throw new InvalidArgumentError('must be name=image, such as nginx=mirror.example/nginx:1')
  return new Map([...known, [name, rest.join('=')]])
}
const number = (most: number) => (value: string) => {
  const parsed = Number(value)
  if (Number.isInteger(parsed) && parsed >= 1 && parsed <= most) return parsed
  throw new InvalidArgumentError(`must be a whole number from 1 to ${most}`)
}

await new Command('field')
  .description(
    'Makes faults in a real cluster, one namespace each, and compares what Nightcrier reports with the truth.',
  )
  .requiredOption('--kubeconfig <file>', 'a cluster to break things in: its account must be allowed to')
  .option('--only <names...>', 'these files of test/field/faults and test/field/healthy')
  .option('--images <name=image>', 'takes another image (nginx, busybox, python); may be given again', image, new Map())
  .option('--at-once <number>', 'so many at the same time', number(20), 6)
  .option('--quiet <seconds>', 'the quiet period after which an incident is resolved', number(3_600), 60)
  .action(async (options: Options) => {
    try {
      await main(options)
    } catch (error) {
      console.error(errorText(error))
      process.exitCode = 2
    }
  })
  .parseAsync()

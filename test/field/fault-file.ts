import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parseAllDocuments, stringify } from 'yaml'
import { z } from 'zod'
import { type SimObject, unfold } from '../simulator/objects.ts'

const Truth = z.strictObject({
  /** A control: nobody is to be woken. */
  healthy: z.literal(true).optional(),
  rootCause: z.strictObject({ kind: z.string(), namespace: z.string(), name: z.string() }).optional(),
  mention: z.array(z.string()).default([]),
  /** So long the cluster may need to show it, and we to report it; a control is watched for as long. */
  waitSeconds: z.number().int().min(30).max(1_800),
  /** What is done once the objects are there, and what repairs it: arguments of kubectl, below its namespace. */
  after: z.array(z.string()).default([]),
  repair: z.array(z.string()).default([]),
})
export type FieldFault = z.infer<typeof Truth> & {
  readonly name: string
  readonly namespace: string
  readonly objects: readonly SimObject[]
}

const folder = (name: string) => new URL(`${name}/`, import.meta.url).pathname

/** Every fault and control, each in a namespace of its own. `images` replaces by the name before the tag. */
export function readFaults(images: ReadonlyMap<string, string>): readonly FieldFault[] {
  return ['faults', 'healthy'].flatMap((kind) =>
    readdirSync(folder(kind))
      .filter((file) => file.endsWith('.yaml'))
      .toSorted()
      .map((file) => readFault(join(folder(kind), file), images)),
  )
}

export function readFault(path: string, images: ReadonlyMap<string, string>): FieldFault {
  const name = basename(path, '.yaml')
  const namespace = `field-${name}`
  const text = readFileSync(path, 'utf8').replaceAll('$namespace', namespace)
  const [first, ...rest] = parseAllDocuments(withImages(text, images)).map((document): unknown => {
    if (document.errors[0] !== undefined) throw new Error(`${path}: ${document.errors[0].message}`)
    return document.toJS()
  })
  const parsed = z.strictObject({ truth: Truth }).safeParse(first)
  if (!parsed.success)
    throw new Error(`${path}: the first document must be the truth: ${z.prettifyError(parsed.error)}`)
  return { name, namespace, objects: unfold(rest, path), ...parsed.data.truth }
}

function withImages(text: string, images: ReadonlyMap<string, string>): string {
  return [...images].reduce(
    // A tag that must not exist stays what it is.
    (so, [image, other]) => so.replace(new RegExp(`\\b${image}:(?!does-not-exist)[\\w.-]+`, 'g'), other),
    text,
  )
}

/** As kubectl applies it: the namespace first, everything in it. */
export function manifestOf({ namespace, objects }: FieldFault): string {
  const own = objects.find(({ kind }) => kind === 'Namespace')
  const space = own ?? { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }
  const inside = objects
    .filter((object) => object !== own)
    .map((object) => {
      const metadata = { ...object.metadata, namespace }
      return { ...object, metadata }
    })
  return [space, ...inside].map((object) => `---\n${stringify(object)}`).join('')
}

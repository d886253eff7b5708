import { mentions } from '../simulator/expectations.ts'
import type { FieldFault } from './fault-file.ts'

/** What `GET /api/incidents` says of one, and what its report says in words. */
export type Told = {
  readonly incidentId: string
  readonly namespace: string
  readonly status: string
  readonly outcome: string
  /** `Kind/namespace/name Class`, several parted by commas. */
  readonly rootCause: string
  readonly secondsToIncident: number
  readonly secondsToReport: number | undefined
  readonly text: string
}
export type Judgement = 'right' | 'partly' | 'wrong' | 'missed' | 'quiet' | 'false alarm' | 'not made'

/** The object and its words: right; one of them, or not certain of it: partly. */
export function judgeField(fault: FieldFault, all: readonly Told[]): Judgement {
  if (fault.healthy) return all.length === 0 ? 'quiet' : 'false alarm'
  if (all.length === 0) return 'missed'
  const { kind = '', namespace = '', name = '' } = fault.rootCause ?? {}
  const object = `${kind}/${namespace}/${name}`
  const clusterWide = `${kind}/${name}`
  const named = all.some(({ rootCause }) =>
    rootCause.split(/[\s,]+/).some((word) => word === object || (namespace === '' && word === clusterWide)),
  )
  const said = fault.mention.every((text) => all.some((one) => mentions(one.text, text)))
  if (named && said) return 'right'
  return named || said ? 'partly' : 'wrong'
}

/** An incident is of the fault in whose namespace it lies, or whose object it names. */
export const isOf = (fault: FieldFault, told: Told): boolean =>
  told.namespace === fault.namespace ||
  (fault.rootCause?.namespace === '' && told.rootCause.includes(`/${fault.rootCause.name}`))

export const fieldTable = (
  rows: readonly {
    readonly fault: FieldFault
    readonly all: readonly Told[]
    readonly judgement: Judgement
    readonly resolvedSeconds: number | undefined
  }[],
): string =>
  [
    '| fault | s to incident | s to report | outcome, root named | incidents | s to resolved | judgement |',
    '|---|---|---|---|---|---|---|',
    ...rows.map(({ fault, all, judgement, resolvedSeconds }) => {
      const [first] = all
      const cells = [
        fault.name,
        first === undefined ? '-' : first.secondsToIncident.toFixed(0),
        first?.secondsToReport === undefined ? '-' : first.secondsToReport.toFixed(0),
        first === undefined ? '-' : `${first.outcome}, ${first.rootCause}`,
        String(all.length),
        resolvedSeconds === undefined ? '-' : resolvedSeconds.toFixed(0),
        judgement,
      ]
      return `| ${cells.map((cell) => cell.replaceAll('|', '/').slice(0, 120)).join(' | ')} |`
    }),
  ].join('\n')

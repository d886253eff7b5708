import type { Severity } from '../faults/fault.ts'
import { own } from '../runtime/own.ts'

/** Which labels of an alert say what it is about; the settings `ALERT_*` have them in order. */
export type AlertLabels = {
  readonly cluster: readonly string[]
  readonly namespace: readonly string[]
  /** Label and kind: the first that an alert has names the object. */
  readonly objects: readonly { readonly label: string; readonly kind: string }[]
}
export type Labels = Readonly<Record<string, string>>

/** `cluster, source_cluster` */
export const labelList = (text: string): readonly string[] => text.split(',').flatMap((label) => label.trim() || [])

/** `job_name=Job, pod=Pod` */
export const objectLabels = (text: string): AlertLabels['objects'] =>
  labelList(text).flatMap((pair) => {
    const [, label, kind] = /^([^=\s]+)\s*=\s*([A-Za-z]+)$/.exec(pair) ?? []
    return label === undefined || kind === undefined ? [] : [{ label, kind }]
  })

/**
 * A scrape adds the labels of whom it asked, and one without `honor_labels` renames those of what it was told about
 * (https://prometheus.io/docs/prometheus/latest/configuration/configuration/#scrape_config). So the renamed one counts
 * first; OpenTelemetry's names come last.
 */
const spellings = (label: string): readonly string[] => [`exported_${label}`, label, `k8s.${label}.name`]
function labelled(labels: Labels, label: string): string | undefined {
  for (const name of spellings(label)) if ((labels[name] ?? '') !== '') return labels[name]
  return undefined
}

/** Programs that tell of others: their own pod beside an alert is only where the number was read. */
const EXPORTERS = ['kube-state-metrics', 'node-exporter', 'kube-rbac-proxy', 'cadvisor', 'blackbox-exporter']
function isExporter(labels: Labels, name: string): boolean {
  const scraped = [labels.job ?? '', labels.container ?? '', labels.service ?? '']
  return EXPORTERS.some((one) => name.includes(one) && scraped.some((text) => text.includes(one)))
}

export type Named = { readonly kind: string; readonly name: string; readonly namespace: string }

/** The object an alert is about; `undefined` when its labels name none, and nothing is guessed then. */
export function objectOf(labels: Labels, { namespace, objects }: AlertLabels): Named | undefined {
  const place = namespace.map((label) => labelled(labels, label)).find((value) => value !== undefined)
  for (const { label, kind } of objects) {
    const name = labelled(labels, label)
    if (name === undefined || isExporter(labels, name)) continue
    return { kind, name, namespace: place ?? '' }
  }
  return undefined
}

const critical = ['critical', 'page', 'high', 'error', 'emergency', 'alert', 'p1', 'sev1']
const info = ['info', 'information', 'informational', 'low', 'debug', 'p4', 'p5']
/** Words differ from house to house; one that nobody knows is a warning. */
export function severityOf(labels: Labels): Severity {
  const word = (labels.severity ?? labels.priority ?? '').toLowerCase()
  if (critical.includes(word)) return 'critical'
  return info.includes(word) ? 'info' : 'warning'
}

/**
 * Alerts that say nothing about a cluster: the heartbeat and the inhibitor of kube-prometheus (severity none), a test,
 * and a Grafana whose source is blind.
 */
const sayNothing: Readonly<Record<string, string>> = {
  Watchdog: 'a heartbeat of the alert source',
  InfoInhibitor: 'it only holds back others',
  TestAlert: 'a test arrived',
  DatasourceNoData: 'the alert source has no data',
  DatasourceError: 'the alert source cannot ask for its data',
}
export function saysNothing(labels: Labels): string | undefined {
  const known = own(sayNothing, labels.alertname ?? '')
  if (known !== undefined) return known
  return labels.severity?.toLowerCase() === 'none' ? 'its severity is none' : undefined
}

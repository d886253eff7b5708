import type { EvidenceEntry } from '../../shared/artifacts/evidence.ts'

/** Logs and events name objects and are none: anybody who reaches the program can write there. */
export const isHearsay = ({ tool, arguments: given }: EvidenceEntry): boolean =>
  /log|events_list/.test(tool) || given.kind === 'Event'

/** The objects that were read, each as the text that the cluster answered. */
export const documentsOf = (entries: readonly EvidenceEntry[]): readonly string[] =>
  entries.filter((entry) => entry.status === 200 && !isHearsay(entry)).flatMap(({ output }) => output.split(/^---$/m))

export const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

import type { Entry } from '../../../../shared/report/index/entry.ts'

const kinds = ['Deployment', 'StatefulSet', 'Node', 'Job']
const states = ['reported', 'resolved', 'failed', 'evidence-only', 'skipped'] as const
const severities = ['critical', 'warning', 'warning', 'info'] as const

/** `count` incidents in `clusters` clusters, the newest at the end of January 2026, one every `minutes`. */
export const entries = (count: number, { minutes = 4, clusters = 12 } = {}): Entry[] =>
  Array.from({ length: count }, (_, index) => {
    const state = states[index % states.length] ?? 'reported'
    const reported = state === 'reported' || state === 'resolved'
    const name = `${['checkout', 'web', 'ledger-db', 'mailer'][index % 4]}-${index % 97}`
    return {
      id: `prod-${index % clusters}.${index.toString(16).padStart(16, '0')}.1`,
      at: new Date(Date.parse('2026-01-31T23:50:00Z') - index * minutes * 60_000).toISOString(),
      cluster: `prod-${(index * index) % clusters}`,
      namespace: ['shop', 'payments', ''][index % 3] ?? '',
      object: `${kinds[index % 4]} ${name}`,
      faultType: ['CrashLoop', 'ImagePull', 'OOMKilled'][index % 3] ?? '',
      severity: severities[(index * 7) % 4] ?? 'info',
      state,
      ...(reported ? { outcome: 'cause' as const, secondsToReport: 3 + ((index * 37) % 400) } : {}),
      cause: reported ? `${kinds[index % 4]}/shop/${name} BadCommand` : '',
      headline: `${name} has no ready pod: ${'the container ends as soon as it starts, '.repeat(2)}again.`,
      about: 'Back-off restarting failed container',
      occurrences: 1 + (index % 40),
    }
  })

export type Sample = { readonly labels: Readonly<Record<string, string>>; readonly value: number }

/** One metric in the Prometheus text format, version 0.0.4. */
export function family(
  name: string,
  type: 'gauge' | 'counter' | 'histogram',
  help: string,
  samples: readonly (Sample & { readonly suffix?: string })[],
): string {
  const lines = samples.map(({ labels, value, suffix = '' }) => {
    const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`)
    return `${name}${suffix}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}\n`
  })
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`
}

/** `counts`: how many fell into each bucket, the last beyond all of them. */
export function histogram(
  name: string,
  help: string,
  buckets: readonly number[],
  { counts, sum }: { readonly counts: readonly number[]; readonly sum: number },
): string {
  let below = 0
  const upTo = [...buckets.map(String), '+Inf'].map((le, at) => {
    below += counts[at] ?? 0
    return { suffix: '_bucket', labels: { le }, value: below }
  })
  const rest = [
    { suffix: '_sum', labels: {}, value: sum },
    { suffix: '_count', labels: {}, value: below },
  ]
  return family(name, 'histogram', help, [...upTo, ...rest])
}

const escaped = (text: string): string => text.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n')

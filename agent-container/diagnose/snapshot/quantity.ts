const factors: Readonly<Record<string, number>> = {
  '': 1,
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
}
/** `64Mi`, `250m`, `1e3`: a Kubernetes quantity as a number; NaN when it is none. */
export function quantity(text: string | undefined): number {
  const match = /^([+-]?[\d.]+(?:e[+-]?\d+)?)\s*([A-Za-z]{0,2})$/i.exec(text?.trim() ?? '')
  const factor = factors[match?.[2] ?? '']
  return match === null || factor === undefined ? Number.NaN : Number(match[1]) * factor
}

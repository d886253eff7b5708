import { written } from '../../runtime/written.ts'

const factors: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
}

/** A Kubernetes quantity as a number; 0 when it is none. https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ */
export function quantity(value: unknown): number {
  const [, digits = '', unit = ''] = /^([+-]?[\d.]+(?:[eE][+-]?\d+)?)([numkKMGTP]?i?)$/.exec(written(value)) ?? []
  const number = Number(digits) * (factors[unit] ?? Number.NaN)
  return digits === '' || Number.isNaN(number) ? 0 : number
}
export const millicores = (value: unknown): number => Math.ceil(quantity(value) * 1_000)
export const mebibytes = (value: unknown): number => Math.ceil(quantity(value) / 2 ** 20)

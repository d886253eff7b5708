import type { Culprit, Verdict } from '../../shared/artifacts/verdict.ts'

/** The rules' verdict with what the model adds beside it. */
export const kept = (rules: Verdict, model: Verdict): Verdict => ({
  ...rules,
  by: model.by,
  hypotheses: [...rules.hypotheses, ...opened(model.hypotheses)].slice(0, 20),
  facts: [...rules.facts, ...model.facts].slice(0, 60),
  inferences: [...rules.inferences, ...model.inferences].slice(0, 30),
  gaps: [...rules.gaps, ...model.gaps].slice(0, 30),
  remedies: [
    ...rules.remedies,
    ...model.remedies.filter(({ title }) => !rules.remedies.some((one) => one.title === title)),
  ].slice(0, 6),
})

/** The rules' verdict, the model's causes among its open hypotheses; its remedies are for causes that are not taken. */
export const withView = (rules: Verdict, model: Verdict): Verdict => ({
  ...kept(rules, { ...model, remedies: [] }),
  hypotheses: [...rules.hypotheses, ...causesAsHypotheses(model), ...opened(model.hypotheses)].slice(0, 20),
})

/** The model's causes with what the rules know. */
export const taken = (rules: Verdict | undefined, model: Verdict, outcome: Verdict['outcome']): Verdict => ({
  ...model,
  outcome,
  hypotheses: [
    ...model.hypotheses,
    ...(rules === undefined ? [] : [...causesAsHypotheses(rules), ...opened(rules.hypotheses)]),
  ].slice(0, 20),
  facts: [...model.facts, ...(rules?.facts ?? [])].slice(0, 60),
  gaps: [...model.gaps, ...(rules?.gaps ?? [])].slice(0, 30),
  remedies: model.remedies.slice(0, 6),
})

/** Both views as causes, each by whose name it bears, and what would tell them apart. */
export const combined = (rules: Verdict, model: Verdict, tellApart: string): Verdict => ({
  ...kept(rules, model),
  outcome: 'contested',
  rootCauses: [...rules.rootCauses.map((cause) => ({ ...cause, by: 'rules' as const })), ...model.rootCauses].slice(
    0,
    10,
  ),
  chain: rules.chain,
  tellApart,
})

const opened = (list: Verdict['hypotheses']): Verdict['hypotheses'] =>
  list.map((one) => ({ ...one, state: one.state === 'leading' ? ('open' as const) : one.state }))

const causesAsHypotheses = ({ rootCauses }: Verdict): Verdict['hypotheses'] =>
  rootCauses.map((cause) => ({
    text: `${cause.class}: ${cause.summary}`.slice(0, 600),
    state: 'open' as const,
    for: cause.evidence.slice(0, 10),
    against: [],
    falsification: 'None was made.',
    why: cause.by === 'model' ? 'A model named it.' : 'The rules named it.',
  }))

export const label = ({ kind, namespace, name }: Culprit): string =>
  [kind, namespace, name].filter((part) => part !== '').join('/')
export const labels = (causes: readonly Culprit[]): string => causes.map(label).join(', ') || 'nothing'
export const sameSet = (one: readonly Culprit[], other: readonly Culprit[]): boolean =>
  one.map(label).toSorted().join(' ') === other.map(label).toSorted().join(' ')

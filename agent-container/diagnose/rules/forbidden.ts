import type { Remedy } from '../../../shared/artifacts/verdict.ts'
import { type Grant, granted, type Refusal } from '../../../shared/cluster/checks/granted.ts'
import { aroundOf } from '../snapshot/around.ts'
import { cite, few } from '../snapshot/cite.ts'
import { grantedTo, wrongGrant } from '../snapshot/grants.ts'
import { refusalsIn } from '../snapshot/refusals.ts'
import { label, refOf, seek } from '../snapshot/snapshot.ts'
import { type Analyzer, culpritOf, type Hypothesis, of, type Scene } from './hypothesis.ts'
import { change } from './remedies.ts'

/** The API refuses a program a verb: held against what the roles of its account give. */
export const forbidden: Analyzer = (scene) => {
  const { snapshot, subject } = scene
  const symptoms = of(scene.symptoms, 'crash', 'start', 'ends', 'not-ready', 'init-waits', 'trouble', 'job')
  if (symptoms.length === 0) return []
  const keys = symptoms.map(({ key }) => key)
  return refusalsIn(snapshot, subject)
    .slice(0, 1)
    .flatMap(({ refusal, line, log }): readonly Hypothesis[] => {
      const grant = granted(aroundOf(snapshot), refusal)
      if (grant.is === 'given') return []
      const { culprit, why } = culpritIn(scene, refusal, grant)
      const right = `${refusal.verb} ${refusal.resource}`
      const seen = seek(snapshot, culprit)
      return [
        {
          class: 'RbacForbidden',
          culprit: culpritOf(culprit),
          summary:
            `${label(subject)} may not ${right}${refusal.namespace === '' ? ' in the whole cluster' : ` in namespace ${refusal.namespace}`}: ${why}.`.slice(
              0,
              590,
            ),
          mechanism: `The API refuses the program: ${line}`.slice(0, 590),
          evidence: few(
            [
              ...cite(log, line),
              ...cite(seen, `name: ${culprit.name}`),
              ...(grant.is === 'lacking' ? cite(seek(snapshot, grant.binding), `name: ${refusal.account.name}`) : []),
              ...symptoms.flatMap(({ evidence }) => evidence),
            ],
            8,
          ),
          confidence: grant.is === 'unknown' ? 'medium' : 'high',
          reasons: [
            'The API names the account, the verb and the resource.',
            grant.is === 'unknown' ? `${grant.why}.` : `${why}.`,
          ],
          falsification: 'A role that is bound to the account and gives this verb would speak against it.',
          explains: keys,
          remedies: [remedyOf(scene, refusal, grant, culprit)],
          weight: 75,
        },
      ]
    })
}

function culpritIn({ snapshot }: Scene, { account, resource, verb }: Refusal, grant: Grant) {
  const near = grant.is === 'unbound' ? wrongGrant(snapshot, account) : undefined
  if (near !== undefined) {
    const given = grantedTo(snapshot, near)
    return {
      culprit: refOf(near),
      why: `${label(near)}${given === undefined ? '' : ` (it gives ${given})`} does not give it to ${label(account)}`,
    }
  }
  if (grant.is === 'lacking')
    return {
      culprit: grant.role,
      why: `${label(grant.role)}, which is bound to ${label(account)}, gives ${grant.has.length === 0 ? `nothing on ${resource}` : `only ${grant.has.join(', ')} on ${resource}`}, not ${verb}`,
    }
  if (grant.is === 'dangling')
    return { culprit: grant.binding, why: `${label(grant.binding)} names ${label(grant.role)}, which is not there` }
  return { culprit: account, why: `${label(account)} lacks the right` }
}

function remedyOf(
  { snapshot, subject }: Scene,
  refusal: Refusal,
  grant: Grant,
  culprit: ReturnType<typeof culpritIn>['culprit'],
): Remedy {
  const { account, verb, resource, group, namespace } = refusal
  const what = `${resource}${group === '' ? '' : `.${group}`}`
  const verify = `kubectl auth can-i ${verb} ${what} --as=system:serviceaccount:${account.namespace}:${account.name}${namespace === '' ? ' -A' : ` -n ${namespace}`}`
  const risk = `${label(account)} gets this right, and no other.`
  const at = (of: string) => (of === '' ? '' : `-n ${of} `)
  if (grant.is === 'lacking' || grant.is === 'dangling' || culprit.kind !== 'ServiceAccount')
    return change(seek(snapshot, culprit), culprit, {
      title:
        grant.is === 'lacking'
          ? `Add the verb ${verb} on ${what} to ${label(culprit)}`
          : `Let ${label(culprit)} name the right role and account`,
      command: `kubectl ${at(culprit.namespace)}edit ${culprit.kind.toLowerCase()} ${culprit.name}`,
      risk,
      verify,
    })
  const name = `${account.name}-${resource.split('/')[0]}`
  const [role, binding, of] =
    namespace === '' ? ['clusterrole', 'clusterrolebinding', ''] : ['role', 'rolebinding', at(namespace)]
  return change(subject.seen, account, {
    title: `Give ${label(account)} the verb ${verb} on ${what}`,
    command: `kubectl ${of}create ${role} ${name} --verb=${verb} --resource=${what} && kubectl ${of}create ${binding} ${name} --${role}=${name} --serviceaccount=${account.namespace}:${account.name}`,
    risk,
    rollback: `kubectl ${of}delete ${binding} ${name}`,
    verify,
  })
}

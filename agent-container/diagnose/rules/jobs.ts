import { cite, few } from '../snapshot/cite.ts'
import { jobs } from '../snapshot/kinds.ts'
import { all, label } from '../snapshot/snapshot.ts'
import { type Analyzer, culpritOf, type Hypothesis, of } from './hypothesis.ts'
import { change } from './remedies.ts'

/** Runs that do not end, or were ended for taking too long. What their containers die of is other rules' matter. */
export const jobRuns: Analyzer = (scene) => {
  const { snapshot, subject } = scene
  return of(scene.symptoms, 'job').flatMap((symptom): readonly Hypothesis[] => {
    const common = { culprit: culpritOf(subject), explains: [symptom.key] }
    const edit = (title: string) => [
      change(subject.seen, subject, {
        title,
        command: `kubectl -n ${subject.namespace} edit ${subject.kind.toLowerCase()}/${subject.name}`,
        risk: 'Holds for the next run.',
        verify: `kubectl -n ${subject.namespace} get jobs`,
      }),
    ]
    const pod = symptom.pods[0]
    if (symptom.key === 'job sidecar' && pod !== undefined) {
      const stays = pod.data.status.containerStatuses
        .filter(({ state }) => state.running !== undefined)
        .map(({ name }) => name)
      return [
        {
          ...common,
          class: 'SidecarNeverEnds',
          summary: `Container ${stays.join(', ')} of ${label(subject)} keeps running after the work is done, so that the run never completes.`,
          mechanism:
            'A Job completes when all containers of its pod have ended; the main one has (exit code 0), the sidecar has not.',
          evidence: few(
            [
              ...symptom.evidence,
              ...stays.flatMap((name) => cite(pod, `name: ${name}`)),
              ...cite(subject.seen, /concurrencyPolicy: Forbid/),
            ],
            6,
          ),
          confidence: 'high',
          reasons: ['One container of the pod ended well, another still runs.'],
          falsification: 'Were the work itself unfinished, no container would have ended with exit code 0.',
          remedies: edit('Make it a native sidecar: an init container with restartPolicy Always'),
          weight: 85,
        },
      ]
    }
    const late = all(snapshot, jobs, subject.namespace).find(
      ({ name, data }) =>
        name === subject.name && data.status.conditions.some(({ reason }) => reason === 'DeadlineExceeded'),
    )
    if (late === undefined) return []
    return [
      {
        ...common,
        class: 'DeadlineExceeded',
        summary: `${label(subject)} ran longer than its deadline of ${late.data.spec.activeDeadlineSeconds ?? 'some'} seconds and was ended.`,
        mechanism: 'The Job controller ends all pods of a run that is active for longer than activeDeadlineSeconds.',
        evidence: few(
          [...symptom.evidence, ...cite(late, 'activeDeadlineSeconds'), ...cite(late, 'DeadlineExceeded')],
          5,
        ),
        confidence: 'medium',
        reasons: ['The Job says so itself.', 'Why it took so long is not told by that.'],
        falsification: 'A container that failed by itself would be counted as a failure (BackoffLimitExceeded).',
        remedies: edit('Give it more time, or find what made it slow'),
        weight: 45,
      },
    ]
  })
}

import { expect, test } from 'vitest'
import { inCluster } from '../../../../shared/report/bundle/in-cluster.ts'

test.each([
  ['kubectl -n shop get pods', 'kubectl --context east -n shop get pods'],
  ['kubectl get x | kubectl apply -f -', 'kubectl --context east get x | kubectl --context east apply -f -'],
  ['kubectl --context west get pods', 'kubectl --context west get pods'],
  ['kubectl config use-context east', 'kubectl config use-context east'],
  ['helm rollback web', 'helm rollback web'],
])('a command names its cluster once: %s', (given, named) => expect(inCluster(given, 'east')).toBe(named))

test('a name that a shell would read as something else is left out', () =>
  expect(inCluster('kubectl get pods', 'a; rm b')).toBe('kubectl get pods'))

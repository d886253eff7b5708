import { expect, test } from 'vitest'
import { inCluster, inClusterProse } from '../../../../shared/report/bundle/in-cluster.ts'

test.each([
  ['kubectl -n shop get pods', 'kubectl --context east -n shop get pods'],
  ['kubectl get x | kubectl apply -f -', 'kubectl --context east get x | kubectl --context east apply -f -'],
  ['kubectl --context west get pods', 'kubectl --context west get pods'],
  ['kubectl config use-context east', 'kubectl config use-context east'],
  ['helm rollback web', 'helm rollback web'],
])('a command names its cluster once: %s', (given, named) => expect(inCluster(given, 'east')).toBe(named))

test('a name that a shell would read as something else is left out', () =>
  expect(inCluster('kubectl get pods', 'a; rm b')).toBe('kubectl get pods'))

test.each([
  ['kubectl -n a set env deploy/b C=<value>', "kubectl --context east -n a set env deploy/b C='<value>'"],
  ['kubectl patch x -p \'{"a":"<value>"}\'', 'kubectl --context east patch x -p \'{"a":"<value>"}\''],
  ['kubectl get x > file.yaml', 'kubectl --context east get x > file.yaml'],
])('what is to be filled in is no file to a shell: %s', (given, named) => expect(inCluster(given, 'east')).toBe(named))

test.each([
  [
    'Run kubectl -n shop get pods, then `kubectl get nodes`.',
    'Run kubectl --context east -n shop get pods, then `kubectl --context east get nodes`.',
  ],
  ['The kubectl of today.', 'The kubectl of today.'],
  ['Apply the former manifest again.', 'Apply the former manifest again.'],
])('a sentence names the cluster in its commands: %s', (given, named) =>
  expect(inClusterProse(given, 'east')).toBe(named),
)

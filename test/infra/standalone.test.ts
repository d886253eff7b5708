import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { startSimulator } from '../simulator/simulator.ts'

const folder = join(import.meta.dirname, '../../infra/kubernetes')
const documents = (file: string) => parseAllDocuments(readFileSync(join(folder, file), 'utf8')).map((one) => one.toJS())
const run = promisify(execFile)
const hasKubectl = await run('kubectl', ['version', '--client']).then(
  () => true,
  () => false,
)

test('its account reads what the reader of other clusters reads, and nothing else', () => {
  const rulesOf = (file: string) => documents(file).find(({ kind }) => kind === 'ClusterRole').rules
  expect(rulesOf('standalone/reader.yaml')).toEqual(rulesOf('reader.yaml'))
  const all = ['standalone/reader.yaml', 'standalone/standalone.yaml'].flatMap(documents)
  expect(
    all
      .filter(({ kind }) => /RoleBinding$/.test(kind))
      .map(({ subjects, roleRef }) => [subjects[0].name, roleRef.name]),
  ).toEqual([['nightcrier-standalone', 'nightcrier-standalone']])
})

const set = documents('standalone/standalone.yaml').find(({ kind }) => kind === 'StatefulSet')
const pod = set.spec.template.spec
const [container] = pod.containers

test('it is one pod of nobody that writes to its claim and a scratch folder only', () => {
  expect(set.spec.replicas).toBe(1)
  expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } })
  expect(pod.automountServiceAccountToken).toBe(false)
  expect(container.securityContext).toEqual({
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  })
  const writable = container.volumeMounts.filter(({ readOnly }: { readOnly?: boolean }) => readOnly !== true)
  expect(writable.map(({ mountPath }: { mountPath: string }) => mountPath)).toEqual(['/data', '/tmp'])
  expect(set.spec.volumeClaimTemplates.map(({ metadata }: { metadata: { name: string } }) => metadata.name)).toEqual([
    'data',
  ])
  expect(container.args).toContain('--data=/data')
})

test('Slack and all other settings come from a Secret that may be missing', () => {
  expect(container.envFrom).toEqual([{ secretRef: { name: 'nightcrier-settings', optional: true } }])
  expect(container.env).toBeUndefined()
})

test.runIf(hasKubectl)('kubectl takes the manifests', async () => {
  const simulator = await startSimulator({ objects: [], writable: true })
  const place = mkdtempSync(join(tmpdir(), 'nightcrier-standalone-'))
  onTestFinished(async () => {
    await simulator.stop()
    rmSync(place, { recursive: true })
  })
  const { stdout } = await run('kubectl', ['kustomize', join(folder, 'standalone')])
  const [manifests, kubeconfig] = [join(place, 'all.yaml'), join(place, 'kubeconfig')]
  writeFileSync(manifests, stdout)
  writeFileSync(kubeconfig, simulator.kubeconfig)
  const args = ['--kubeconfig', kubeconfig, 'create', '--dry-run=client', '--validate=false', '--filename', manifests]
  const { stdout: said } = await run('kubectl', args)
  for (const what of [
    'namespace/nightcrier',
    'serviceaccount/nightcrier-standalone',
    'statefulset.apps/nightcrier',
    'networkpolicy.networking.k8s.io/nightcrier',
  ])
    expect(said).toContain(`${what} created (dry run)`)
})

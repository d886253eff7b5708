import { generate } from 'selfsigned'
import { expect, onTestFinished, test } from 'vitest'
import { connectCluster } from '../../../shared/kubernetes/connect.ts'
import { targetsOf } from '../../../shared/mcp-server/targets/targets.ts'
import { startSimulator } from '../../simulator/simulator.ts'
import { ago, caller, east, redactHunter2 } from './setup.ts'

const day = 86_400
const pem = async (name: string, days: number) =>
  generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: new Date(Date.now() - 100 * day * 1000),
    notAfterDate: new Date(Date.now() + days * day * 1000),
  })
const encoded = (text: string) => Buffer.from(text).toString('base64')

test('the ends of certificates are told from wherever they can be had without a Secret, the first first', async () => {
  const [soon, past, later, signed] = await Promise.all([
    pem('soon', 9),
    pem('past', -2),
    pem('later', 400),
    pem('kubelet', 20),
  ])
  const simulator = await startSimulator({
    port: 0,
    objects: [
      {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'MutatingWebhookConfiguration',
        metadata: { name: 'inject' },
        webhooks: [{ name: 'a.example', clientConfig: { caBundle: encoded(later.cert + soon.cert) } }],
      },
      {
        apiVersion: 'apiregistration.k8s.io/v1',
        kind: 'APIService',
        metadata: { name: 'v1.metrics.example' },
        // Somebody has put a key into a bundle: it is never looked at.
        spec: { caBundle: encoded(past.private + past.cert) },
      },
      {
        apiVersion: 'certificates.k8s.io/v1',
        kind: 'CertificateSigningRequest',
        metadata: { name: 'csr-1', creationTimestamp: ago(100) },
        spec: { signerName: 'kubernetes.io/kubelet-serving', username: 'system:node:n1' },
        status: { certificate: encoded(signed.cert) },
      },
      {
        apiVersion: 'certificates.k8s.io/v1',
        kind: 'CertificateSigningRequest',
        metadata: { name: 'csr-2', creationTimestamp: ago(10) },
        spec: { signerName: 'kubernetes.io/kubelet-serving', username: 'system:node:n1' },
        status: {},
      },
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'kube-root-ca.crt', namespace: 'kube-system' },
        data: { 'ca.crt': later.cert },
      },
      {
        apiVersion: 'cert-manager.io/v1',
        kind: 'Certificate',
        metadata: { name: 'web', namespace: 'shop' },
        spec: { secretName: 'web-tls', dnsNames: ['web.example'], issuerRef: { name: 'acme' } },
        status: {
          conditions: [{ type: 'Ready', status: 'False', message: `the order has failed${'.'.repeat(177)}hunter2` }],
        },
      },
      {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'Ingress',
        metadata: { name: 'web', namespace: 'shop' },
        spec: {
          tls: [
            { secretName: 'web-tls', hosts: ['web.example'] },
            { secretName: 'by-hand', hosts: ['old.example'] },
          ],
        },
      },
    ],
  })
  const api = connectCluster(simulator.kubeconfig)
  onTestFinished(async () => {
    await api.close()
    await simulator.stop()
  })
  const { call } = await caller({ targets: targetsOf([{ name: 'east', api }]), redact: redactHunter2 })
  const { text, structured } = await call('certificates_list', {})
  const lines = text.split('\n')
  const at = (what: RegExp) => lines.findIndex((line) => what.test(line))
  expect(at(/^EXPIRED \S+ \(-\dd\) {2}APIService v1\.metrics\.example: caBundle: CN=past/)).toBeGreaterThan(0)
  expect(
    at(
      /^expires \S+ \(\dd\) {2}MutatingWebhookConfiguration inject: caBundle of a\.example: CN=soon \(the first to end of 2\)/,
    ),
  ).toBeGreaterThan(at(/EXPIRED/))
  expect(
    at(/CertificateSigningRequest csr-1: kubernetes\.io\/kubelet-serving for system:node:n1: CN=kubelet/),
  ).toBeGreaterThan(at(/inject/))
  expect(
    at(/^end unknown {2}Certificate shop\/web: web\.example.* {2}not ready: the order has failed/),
  ).toBeGreaterThan(0)
  expect(
    at(/^end unknown {2}Ingress shop\/web: old\.example, in Secret by-hand: Secrets are not read/),
  ).toBeGreaterThan(at(/^Not seen/))
  expect(text).not.toMatch(/PRIVATE|by-hand.*web-tls|hun/)
  expect(structured).toMatchObject({ complete: false, later: 2 })
  const all = await call('certificates_list', { within_days: 36_500 })
  expect(all.text).toContain('the API server: CN=nightcrier-simulator')
  expect(all.text).toContain('ConfigMap kube-system/kube-root-ca.crt: CN=later')
  expect(simulator.calls.filter(({ path }) => path.includes('/secrets'))).toEqual([])
})

test('the heading counts what is there, and not what is shown', async () => {
  const { call } = await east({
    objects: Array.from({ length: 120 }, (_, at) => ({
      apiVersion: 'cert-manager.io/v1',
      kind: 'Certificate',
      metadata: { name: `web-${at}`, namespace: 'shop', uid: `web-${at}` },
      spec: { secretName: `web-${at}`, dnsNames: [`web-${at}.example`] },
      status: { notAfter: ago(-day), conditions: [] },
    })),
  })
  const { text } = await call('certificates_list', {})
  expect(text).toMatch(/^# 120 certificates expire within 30 days or fail, \d\d shown, in 1 clusters/)
})

import { z } from 'zod'
import { conditions, Labels, Metadata, text, whole } from './view-parts.ts'

export const ServiceView = z.object({
  apiVersion: z.string(),
  kind: z.literal('Service'),
  metadata: Metadata,
  spec: z.object({ type: text, selector: Labels }).nullish(),
})
const backend = z.object({ service: z.object({ name: z.string() }).nullish() }).nullish()
export const IngressView = z.object({
  apiVersion: z.string().startsWith('networking.k8s.io/'),
  kind: z.literal('Ingress'),
  /** The class as it was named before there was a field for it. */
  metadata: Metadata.extend({
    annotations: z
      .record(z.string(), z.string())
      .nullish()
      .transform((all) => {
        const named = all?.['kubernetes.io/ingress.class']
        return named === undefined ? {} : { 'kubernetes.io/ingress.class': named }
      }),
  }),
  spec: z
    .object({
      ingressClassName: text,
      defaultBackend: backend,
      rules: z
        .array(z.object({ http: z.object({ paths: z.array(z.object({ backend })).nullish() }).nullish() }))
        .nullish(),
    })
    .nullish(),
  status: z
    .object({ loadBalancer: z.object({ ingress: z.array(z.unknown()).nullish() }).nullish() })
    .nullish()
    .transform((status) => ({
      loadBalancer: { ingress: (status?.loadBalancer?.ingress ?? []).map(() => ({})) },
    })),
})
export const IngressClassView = z.object({
  apiVersion: z.string().startsWith('networking.k8s.io/'),
  kind: z.literal('IngressClass'),
  metadata: Metadata,
})
const service = z.object({ name: z.string(), namespace: text }).nullish()
const webhook = z.object({ name: z.string(), failurePolicy: text, clientConfig: z.object({ service }).nullish() })
export const ValidatingWebhookConfigurationView = z.object({
  apiVersion: z.string(),
  kind: z.literal('ValidatingWebhookConfiguration'),
  metadata: Metadata,
  webhooks: z.array(webhook).nullish(),
})
export const MutatingWebhookConfigurationView = z.object({
  apiVersion: z.string(),
  kind: z.literal('MutatingWebhookConfiguration'),
  metadata: Metadata,
  webhooks: z.array(webhook).nullish(),
})
export const ApiServiceView = z.object({
  apiVersion: z.string(),
  kind: z.literal('APIService'),
  metadata: Metadata,
  spec: z.object({ service }).nullish(),
  status: z.object({ conditions }).nullish(),
})
export const PodDisruptionBudgetView = z.object({
  apiVersion: z.string(),
  kind: z.literal('PodDisruptionBudget'),
  metadata: Metadata,
  spec: z.object({ selector: z.object({ matchLabels: Labels }).nullish() }).nullish(),
  status: z.object({ disruptionsAllowed: whole, expectedPods: whole }).nullish(),
})

import { defineKind } from '../sign.ts'

/** Whether it is there is what counts: an Ingress that names it asks. */
export const ingressClass = defineKind({ apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass', signs: () => [] })

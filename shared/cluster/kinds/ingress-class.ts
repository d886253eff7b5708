import { defineKind } from '../sign.ts'

/** Whether it is there is what counts: an Ingress that names it asks. */
export const ingressClass = defineKind({ group: 'networking.k8s.io', kind: 'IngressClass', signs: () => [] })

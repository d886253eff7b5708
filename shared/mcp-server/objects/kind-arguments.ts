import { z } from 'zod'

/** Every tool that takes any kind takes these. */
export const kindArguments = {
  apiVersion: z.string().max(253).optional().describe('Such as v1, apps/v1; absent: found by the kind'),
  kind: z.string().min(1).max(100).describe('Such as Pod, deployments, svc, certificates.cert-manager.io'),
}

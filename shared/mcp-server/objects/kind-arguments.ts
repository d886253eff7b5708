import { z } from 'zod'

/** Every tool that takes any kind takes these. */
export const kindArguments = {
  apiVersion: z.string().max(253).optional().describe('Absent: found by kind'),
  kind: z.string().min(1).max(100).describe('Such as Pod, svc, certificates.cert-manager.io'),
}

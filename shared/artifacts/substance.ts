import type { Citation } from './evidence.ts'

const identity =
  /(?:^|\s|-\s*)"?(?:apiVersion|kind|metadata|name|namespace|uid|labels|ownerReferences|controller|generateName|resourceVersion|generation|creationTimestamp|app|app\.kubernetes\.io\/[\w-]+|pod-template-hash)"?:[ \t]*(?:"[^"]*"|[^\s,}]*)/g

/** Whether a quote says only which object it is (its name, kind, labels, age): that it is there proves nothing against it. */
export const nothingButIdentity = ({ quote, absent }: Citation): boolean =>
  absent !== true && quote.replace(identity, ' ').replace(/[\s\-,{}[\]"']+/g, '') === ''

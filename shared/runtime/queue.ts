/** What the product needs of Azure Queue Storage. Bodies are JSON text, encoded Base64 on the wire. */
export type Queue = {
  /** A body over 48 KiB is refused with an error: big things go to blobs. */
  readonly send: (body: string, options?: { readonly delaySeconds?: number }) => Promise<void>
  /** Roughly how many messages wait, hidden ones included. */
  readonly length: () => Promise<number>
}
/** The service's limit is 64 KiB of Base64. */
export const MAX_MESSAGE_BYTES = 48 * 1024

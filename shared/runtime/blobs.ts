/** What the product needs of Azure Blob Storage: one container, names with slashes. */
export type Blob = { readonly name: string; readonly text: string; readonly etag: string; readonly lastModified: Date }
export type BlobInfo = {
  readonly name: string
  readonly etag: string
  readonly lastModified: Date
  readonly bytes: number
  /** Moved to where it cannot be read from: bringing it back takes hours. */
  readonly archived?: true
}

export type Blobs = {
  /** `undefined` when there is none. Refuses to read more than `maxBytes` (an error that names the blob). */
  readonly read: (name: string, maxBytes: number) => Promise<Blob | undefined>
  readonly readBytes: (name: string, maxBytes: number) => Promise<Uint8Array | undefined>
  /** `undefined` when there is none; costs one HEAD. */
  readonly info: (name: string) => Promise<BlobInfo | undefined>
  /**
   * Writes whole; the content type follows from the name's ending. With `onlyIfNew`, or `onlyIfEtag`, the write is
   * conditional; false when the condition does not hold, and what stands there is not this very write.
   */
  readonly write: (
    name: string,
    content: string | Uint8Array,
    condition?: { readonly onlyIfNew?: boolean; readonly onlyIfEtag?: string },
  ) => Promise<boolean>
  readonly remove: (name: string) => Promise<void>
  /** By name; at most `limit` (1 to 5,000). */
  readonly list: (prefix: string, limit: number) => Promise<readonly BlobInfo[]>
  /** A read-only link to one blob, https in Azure, that dies at `expires`. */
  readonly readLink: (name: string, expires: Date) => Promise<string>
  /** A link that can create this one blob, and nothing else, until `expires`. */
  readonly createLink: (name: string, expires: Date) => Promise<string>
}

/** Where a page may lead: known when the app knows its own address. A link that opened the page opens nothing else. */
export type PageLinks = {
  readonly list?: string
  readonly feedback?: string
  /** Where its notices can be muted, and somebody can say that they are at it. */
  readonly mute?: string
  /** Where any object of its cluster can be asked about. */
  readonly ask?: string
  /** Of a file in the incident's folder. */
  readonly artifact?: (file: string) => string
  readonly incident?: (incidentId: string) => string
}

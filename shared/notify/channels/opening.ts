import type { Place } from '../../config/notifications.ts'
import type { Notifier } from '../notice.ts'
import type { Answers } from './answers.ts'
import type { PostDeps } from './post.ts'

export type Opening = {
  readonly place: Place
  /** The secret that a reference names. */
  readonly read: (reference: string) => Promise<string>
  /** The same of one that must be a web address. */
  readonly address: (reference: string) => Promise<string>
  /** Where another service than the usual one is asked. */
  readonly apiUrls: { readonly slack?: string; readonly pagerduty?: string }
  readonly deps: PostDeps
}

/** What the folder of a channel exports: how a place is opened, and what its answers prove. */
export type Channel = {
  readonly open: (reference: string, opening: Opening) => Promise<Notifier>
  readonly answers: readonly Answers[]
}

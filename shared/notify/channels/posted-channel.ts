import { isNews, type Notice, type Notifier, type Pace } from '../notice.ts'
import type { Answers } from './answers.ts'
import { openedWith, type PostDeps, postJson } from './post.ts'

export type PostedChannel = {
  readonly answers: Answers
  readonly address: string
  /** What was configured, where the address is made of it: open breakers are known by it. */
  readonly secret?: string
  readonly pace: Pace
  readonly deps: PostDeps
  readonly messageOf: (notice: Notice) => unknown
}

/** A webhook that is posted one message for each piece of news; nothing of it can be changed or found again later. */
export const postedChannel = (given: PostedChannel): Notifier => ({
  takes: isNews,
  dedups: false,
  pace: given.pace,
  openedWith: openedWith(given.secret ?? given.address),
  send: async (notice) => {
    await postJson(given.deps, given, JSON.stringify(given.messageOf(notice)))
    return undefined
  },
})

import { createHmac, timingSafeEqual } from 'node:crypto'
import type { LinkKey, LinkKeys } from './link-keys.ts'

/** What a link may open, and nothing else: the letter stands in the link, so that a reader can tell them apart. */
const purposes = { report: 'r', feedback: 'f', list: 'l', board: 'b', mute: 'm', ask: 'a' } as const
type Purpose = keyof typeof purposes
/** `about` is an incident's id; `all` for what is of no single incident. */
export type Capability = { readonly purpose: Purpose; readonly about: string }
export type Sign = (capability: Capability) => string

/** 192 bits of the HMAC as base64url: far more than can be guessed, and short enough for a message. */
const SIGNATURE = 32
const token = /^(.{1,300})\.([rflbma])-([A-Za-z0-9]{1,16})\.([\w-]{32})$/

/** The last part of a link that opens by itself, for as long as its key is kept. */
export const signWith =
  ([key]: LinkKeys): Sign =>
  (capability) =>
    `${capability.about}.${purposes[capability.purpose]}-${key.id}.${signature(key, capability)}`

/** `undefined` for what none of the keys has signed, whatever is wrong with it. */
export function capabilityIn(text: string, keys: LinkKeys): Capability | undefined {
  const [, about, letter, id, signed] = token.exec(text) ?? []
  const key = keys.find((one) => one.id === id)
  const purpose = named.find((name) => purposes[name] === letter)
  if (about === undefined || signed === undefined || key === undefined || purpose === undefined) return undefined
  const capability = { purpose, about }
  return timingSafeEqual(Buffer.from(signature(key, capability)), Buffer.from(signed)) ? capability : undefined
}
const named = ['report', 'feedback', 'list', 'board', 'mute', 'ask'] as const satisfies readonly Purpose[]

/** Where who comes has signed in: the page's name is enough, and a link of before still names its page. */
export const nameOf: Sign = ({ purpose, about }) => `${about}.${purposes[purpose]}`
export function capabilityNamed(text: string): Capability | undefined {
  const [, about, letter] = /^(.{1,300})\.([rflbma])(?:-[A-Za-z0-9]{1,16}\.[\w-]{32})?$/.exec(text) ?? []
  const purpose = named.find((name) => purposes[name] === letter)
  return about === undefined || purpose === undefined ? undefined : { purpose, about }
}

function signature({ id, secret }: LinkKey, { purpose, about }: Capability): string {
  const what = ['nightcrier link 1', purpose, id, about].join('\n')
  return createHmac('sha256', secret).update(what).digest('base64url').slice(0, SIGNATURE)
}

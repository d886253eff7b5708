import { bareSecret, isAddress, wrongForm } from './bare-secret.ts'

type Kind = {
  /** For docs/clusters.md: what its key holds. */
  readonly meaning: string
  /** What is wrong with its secret, in words that do not repeat it, as far as that is seen without asking the place. */
  readonly wrongSecret: (bare: string) => string | undefined
  /** How it names somebody; the others wake nobody by a name. */
  readonly mention?: { readonly like: RegExp; readonly says: string }
}

const noAddress = (bare: string): string | undefined =>
  isAddress(bare) ? undefined : "the secret is no http:// or https:// address. Store the webhook's address in it."

/** What clusters.yaml knows of each kind of place, in the order in which they are looked for. */
export const kindsOfPlaces = {
  slack: {
    meaning: '`keyvault:` or `file:` of a webhook or of a bot token.',
    wrongSecret: (bare) =>
      isAddress(bare) || /^xox[a-z]-/.test(bare)
        ? undefined
        : `the secret (${bare.length} characters) is neither a webhook's address nor a bot's token (xoxb-…).`,
    mention: { like: /^[UWS][A-Z0-9]{5,20}$/, says: 'the id of a member (U…) or of a user group (S…)' },
  },
  teams: {
    meaning: '`keyvault:` or `file:` of a workflow’s address.',
    wrongSecret: noAddress,
    mention: {
      like: /^([^\s@<>]{1,64}@[^\s@<>]{1,190}|[0-9a-f-]{36})$/,
      says: 'a sign-in address or an object id of Entra',
    },
  },
  webhook: { meaning: '`keyvault:` or `file:` of any address that takes CloudEvents.', wrongSecret: noAddress },
  pagerduty: {
    meaning: '`keyvault:` or `file:` of a routing key.',
    wrongSecret: (bare) =>
      /^[A-Za-z0-9]{32}$/.test(bare)
        ? undefined
        : `the secret (${bare.length} characters) is no Events API v2 integration key, which has 32 letters and digits. Copy it from the service's integration, not from API access.`,
  },
  mattermost: {
    meaning: '`keyvault:` or `file:` of an incoming webhook.',
    wrongSecret: noAddress,
    mention: { like: /^@?[a-z0-9][a-z0-9._-]{0,63}$/, says: 'a user or group name' },
  },
  google_chat: {
    meaning: '`keyvault:` or `file:` of the address of a space’s webhook.',
    wrongSecret: noAddress,
    mention: { like: /^users\/[\w.@-]{1,100}$/, says: 'users/ and the id of a member' },
  },
} satisfies Readonly<Record<string, Kind>>
export type PlaceKind = keyof typeof kindsOfPlaces

const kinds: Readonly<Record<PlaceKind, Kind>> = kindsOfPlaces
const isPlaceKind = (key: string): key is PlaceKind => Object.hasOwn(kinds, key)
export const placeKinds: readonly PlaceKind[] = Object.keys(kinds).filter(isPlaceKind)
export const mentionIn = (kind: PlaceKind): Kind['mention'] => kinds[kind].mention

/** Each key of a place that names a secret. */
export type PlaceSecret = PlaceKind | 'signing_key'
export const placeSecrets: readonly PlaceSecret[] = [...placeKinds, 'signing_key']

/** Of the secret under one key of a place: all that can be seen without asking the place. */
export const wrongPlaceSecret = (key: PlaceSecret, text: string): string | undefined =>
  // A key that signs may be anything.
  wrongForm(text) ?? (key === 'signing_key' ? undefined : kinds[key].wrongSecret(bareSecret(text)))

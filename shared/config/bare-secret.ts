import type { PlaceKind, PlaceSecret } from './notifications.ts'

/** What editors, shells and vaults leave around a secret is not part of it. */
export const bareSecret = (text: string): string => text.replace(/^[\s\uFEFF]+|[\s\uFEFF]+$/g, '')

/** What is wrong with the form of a secret of one line, in words that do not repeat it; `undefined`: nothing. */
export function wrongForm(text: string): string | undefined {
  const bare = bareSecret(text)
  const wrong =
    bare === ''
      ? 'is empty'
      : /^(["'`]).*\1$/s.test(bare)
        ? 'stands in quotes'
        : /:\\\/\\\//.test(bare)
          ? 'holds backslashes, as in JSON'
          : /[\s\p{Cc}]/u.test(bare)
            ? 'holds spaces or line breaks'
            : undefined
  return wrong === undefined ? undefined : `the secret (${bare.length} characters) ${wrong}. Store the bare value.`
}

const isAddress = (text: string): boolean => /^https?:\/\//.test(text) && URL.canParse(text)
const address = (bare: string): string | undefined =>
  isAddress(bare) ? undefined : "the secret is no http:// or https:// address. Store the webhook's address in it."

/** What the secret of each kind of place must be like. */
const forms: Readonly<Record<PlaceKind, (bare: string) => string | undefined>> = {
  slack: (bare) =>
    isAddress(bare) || /^xox[a-z]-/.test(bare)
      ? undefined
      : `the secret (${bare.length} characters) is neither a webhook's address nor a bot's token (xoxb-…).`,
  teams: address,
  webhook: address,
  pagerduty: (bare) =>
    /^[A-Za-z0-9]{32}$/.test(bare)
      ? undefined
      : `the secret (${bare.length} characters) is no Events API v2 integration key, which has 32 letters and digits. Copy it from the service's integration, not from API access.`,
  mattermost: address,
  google_chat: address,
}

/** Of the secret under one key of a place: all that can be seen without asking the place. */
export const wrongPlaceSecret = (key: PlaceSecret, text: string): string | undefined =>
  // A key that signs may be anything.
  wrongForm(text) ?? (key === 'signing_key' ? undefined : forms[key](bareSecret(text)))

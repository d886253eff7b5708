import { type Principal, principalIn } from '../../access/principal.ts'
import type { Platform } from '../platform.ts'
import type { Answer } from './answer.ts'
import type { FeedbackRequest } from './feedback.ts'
import { headers } from './pages.ts'

export type Entered = { readonly principal: Principal } | { readonly refused: Answer }
type Settings = Pick<Platform['settings'], 'SIGN_IN' | 'SIGN_IN_GROUP' | 'WEBSITE_AUTH_ENABLED'>

/**
 * Who comes, with SIGN_IN: entra. App Service takes a principal that a client made up away while its authentication is
 * on, and only then; so the header counts only then. `here` is the page that is asked for, below this app.
 */
export function signIn(settings: Settings, here: string, request: FeedbackRequest): Entered {
  if (!settings.WEBSITE_AUTH_ENABLED)
    return refused(
      503,
      'Pages are for people who sign in (SIGN_IN: entra), and nobody can: App Service authentication is off at this app. docs/operations.md, Sign-in, says how to switch it on.',
    )
  const principal = principalIn(request.headers.get('x-ms-client-principal'))
  if (principal === undefined) {
    const isBrowser = (request.headers.get('accept') ?? '').includes('text/html')
    if (request.method !== 'GET' || !isBrowser)
      return refused(401, 'Sign in with Entra first: open this page in a browser, or send a token of this app.')
    const location = `/.auth/login/aad?post_login_redirect_uri=${encodeURIComponent(here)}`
    return { refused: { status: 302, headers: { ...headers, location } } }
  }
  const group = settings.SIGN_IN_GROUP
  if (group !== '' && !principal.groups.includes(group))
    return refused(
      403,
      principal.isCut
        ? 'You are in too many groups for Entra to name them. Ask for an app role, or for groups assigned to this application only.'
        : 'You are signed in, but not in the group that may see this (SIGN_IN_GROUP). Ask whoever runs this app.',
    )
  // The session is a cookie, which a browser sends along whoever made the form; a token nobody else's page can send.
  const isRead = request.method === 'GET' || request.method === 'HEAD'
  const hasToken = /^bearer /i.test(request.headers.get('authorization') ?? '')
  if (!isRead && !hasToken && request.headers.get('sec-fetch-site') !== 'same-origin')
    return refused(
      403,
      'This was sent by another site, or by a browser that does not say from where. Open the page and send its own form.',
    )
  return { principal }
}

const refused = (status: number, error: string): Entered => ({ refused: { status, jsonBody: { error }, headers } })

/** What somebody sends bears their name, whatever the form says. */
export function inTheNameOf({ name }: Principal, request: FeedbackRequest): FeedbackRequest {
  if (name === '') return request
  return {
    method: request.method,
    headers: request.headers,
    query: request.query,
    text: async () => {
      const text = await request.text()
      const body = objectIn(text)
      if (body !== undefined) return JSON.stringify({ ...body, by: name })
      const form = new URLSearchParams(text)
      form.set('by', name)
      return form.toString()
    },
  }
}

function objectIn(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}

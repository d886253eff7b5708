import { html } from 'hono/html'
import type { Incident } from '../../incident/incident.ts'
import { htmlDocument } from '../page/document.ts'

/** A link that goes around in a chat mutes no whole cluster. */
export const muteScopes = ['object', 'namespace'] as const
export type MuteScope = (typeof muteScopes)[number]
export const muteHours = { '1h': 1, '24h': 24, '7d': 168 } as const

/** A page that asks for how long; looking at it mutes nothing, since chats open links by themselves. */
export const mutePage = (
  incident: Incident,
  { said, ends }: { readonly said: string /** A mute that the link can end is in force. */; readonly ends: boolean },
): Promise<string> => {
  const { owner, cluster, namespace, muted, acknowledged, status } = incident
  const what = `${owner.kind} ${owner.name}${namespace === '' ? '' : ` in ${namespace}`} of ${cluster}`
  return htmlDocument(
    `Mute ${what}`,
    html`<main>
<h1>Mute ${what}</h1>
${said === '' ? '' : html`<p role="status"><strong>${said}</strong></p>`}
${status === 'resolved' ? html`<p>This incident is over.</p>` : ''}
${muted === undefined ? '' : html`<p>Muted until <time datetime="${muted.until}">${muted.until.slice(0, 16).replace('T', ' ')} UTC</time>: ${muted.reason}.</p>`}
${acknowledged === undefined ? '' : html`<p>Acknowledged${acknowledged.by === '' ? '' : ` by ${acknowledged.by}`}.</p>`}
<form method="post">
<fieldset>
<legend>Nobody is told of</legend>
${muteScopes.filter((scope) => scope !== 'namespace' || namespace !== '').map((scope) => radio(scope, labels(incident)[scope]))}
</fieldset>
<p><label for="reason">Why</label><br><input id="reason" name="reason" maxlength="300" value="muted from its message"></p>
<p><label for="by">Your name, if you like</label><br><input id="by" name="by" maxlength="100" autocomplete="name"></p>
<p><button type="submit" name="for" value="1h">for an hour</button> <button type="submit" name="for" value="24h">for a day</button> <button type="submit" name="for" value="7d">for a week</button></p>
${
  ends
    ? html`<h2>Or end the mute</h2>
<p>What is still wrong is told within a minute.</p>
<p><button type="submit" name="for" value="end">End it</button></p>`
    : ''
}
<h2>Or say that you are at it</h2>
<p>It stays as it is and shows your name; it is told again when it gets worse or its cause changes.</p>
<p><button type="submit" name="for" value="acknowledge">Acknowledge</button></p>
</form>
<p class="soft">What is muted is still watched, recorded and counted. If it is still there when the mute is over, it is told then.</p>
</main>`,
    { forms: true },
  )
}

const labels = ({ owner, namespace }: Incident): Readonly<Record<MuteScope, string>> => ({
  object: `${owner.kind} ${owner.name} alone`,
  namespace: `everything in namespace ${namespace}`,
})

const radio = (scope: MuteScope, label: string) =>
  html`<p><input type="radio" id="${scope}" name="scope" value="${scope}" required ${scope === 'object' ? 'checked' : ''}> <label for="${scope}">${label}</label></p>`

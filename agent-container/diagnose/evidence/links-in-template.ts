import type { Culprit } from '../../../shared/artifacts/verdict.ts'
import { serviceAccounts } from '../snapshot/kinds.ts'
import type { Container } from '../snapshot/shapes.ts'
import { present, refOf, seek } from '../snapshot/snapshot.ts'
import type { Draft, Find } from './link.ts'
import type { TellingText } from './telling-texts.ts'
import { tokensOf } from './token-index.ts'

const containerOf = ({ subject, container }: TellingText): readonly Container[] => {
  const each = [...(subject.rawSpec?.initContainers ?? []), ...(subject.rawSpec?.containers ?? [])]
  const own = each.filter(({ name }) => name === container)
  return own.length > 0 ? own : each
}
const template = ({ subject }: TellingText): Culprit => ({
  kind: subject.kind,
  namespace: subject.namespace,
  name: subject.name,
})

/** A path of the file system: what is mounted there, else what the template or image brings. */
export const byPath: Find = (snapshot, reported) => {
  const paths = [...reported.text.matchAll(/(?<![\w:/.])(\/[\w.@-]+(?:\/[\w.@-]+)+)/g)].flatMap(([, path = '']) => path)
  const { subject } = reported
  return [...new Set(paths)].slice(0, 4).flatMap((path): readonly Draft[] => {
    if (/\/secrets\/kubernetes\.io\/serviceaccount/.test(path)) {
      const name = subject.spec?.serviceAccountName ?? 'default'
      const object = { kind: 'ServiceAccount', namespace: subject.namespace, name }
      const off =
        present(snapshot, serviceAccounts, subject.namespace, name)?.raw.automountServiceAccountToken === false
      return [
        {
          object,
          how: 'path',
          word: path,
          strength: off ? 1 : 0.5,
          verified: off,
          relation: `gives the token at ${path}${off ? ' and says automountServiceAccountToken: false' : ''}`,
        },
      ]
    }
    const mounts = containerOf(reported)
      .flatMap((one) => one.volumeMounts)
      .filter(({ mountPath }) => path === mountPath || path.startsWith(`${mountPath.replace(/\/$/, '')}/`))
      .toSorted((a, b) => b.mountPath.length - a.mountPath.length)
    const mount = mounts[0]
    if (mount === undefined)
      return [
        { object: template(reported), how: 'path', word: path, strength: 0.3, relation: `mounts nothing at ${path}` },
      ]
    const volume = subject.spec?.volumes.find(({ name }) => name === mount.name)
    const sources: readonly (readonly [string, string | undefined])[] = [
      ['ConfigMap', volume?.configMap?.name],
      ['Secret', volume?.secret?.secretName],
      ['PersistentVolumeClaim', volume?.persistentVolumeClaim?.claimName],
      ...(volume?.projected?.sources ?? []).flatMap((one): readonly (readonly [string, string | undefined])[] => [
        ['ConfigMap', one.configMap?.name],
        ['Secret', one.secret?.name],
      ]),
    ]
    return sources.flatMap(([kind, name]): readonly Draft[] =>
      name === undefined
        ? []
        : [
            {
              object: { kind, namespace: subject.namespace, name },
              how: 'path',
              word: path,
              strength: 0.9,
              relation: `is mounted at ${mount.mountPath}`,
            },
          ],
    )
  })
}

type Source = { readonly object: Culprit; readonly variable: string }
/** Where each environment variable of a container is written down. */
const variablesOf = (reported: TellingText): readonly Source[] =>
  containerOf(reported).flatMap((one) =>
    one.env.map(({ name, valueFrom }): Source => {
      const [kind, from] =
        valueFrom?.secretKeyRef !== undefined
          ? ['Secret', valueFrom.secretKeyRef.name]
          : valueFrom?.configMapKeyRef !== undefined
            ? ['ConfigMap', valueFrom.configMapKeyRef.name]
            : ['', '']
      return {
        variable: name,
        object: kind === '' ? template(reported) : { kind, namespace: reported.subject.namespace, name: from },
      }
    }),
  )

/** An environment variable: the ConfigMap or Secret that holds it, else the template. */
export const byVariable: Find = (snapshot, reported) => {
  const words = new Set([...reported.text.matchAll(/\b[A-Z][A-Z0-9]*_[A-Z0-9_]+\b/g)].map(([word]) => word))
  const own = variablesOf(reported).filter(({ variable }) => words.has(variable))
  const fromMaps = containerOf(reported).flatMap((one) =>
    one.envFrom.flatMap(({ configMapRef, secretRef }): readonly Draft[] => {
      const name = configMapRef?.name ?? secretRef?.name
      if (name === undefined) return []
      const kind = configMapRef === undefined ? 'Secret' : 'ConfigMap'
      const data = JSON.stringify(seek(snapshot, { kind, namespace: reported.subject.namespace, name })?.raw.data ?? {})
      const word = [...words].find((one) => data.includes(`"${one}"`))
      const object = { kind, namespace: reported.subject.namespace, name }
      return word === undefined ? [] : [{ object, how: 'variable', word, strength: 0.9, relation: `sets ${word}` }]
    }),
  )
  return [
    ...own.map(
      ({ object, variable }): Draft => ({
        object,
        how: 'variable',
        word: variable,
        strength: 0.9,
        relation: `sets ${variable}`,
      }),
    ),
    ...fromMaps,
  ]
}

/** `$(HOST)` that stands in a text was not replaced: the variable is not there, or is defined after the one that uses it. */
export const byUnexpanded: Find = (_, reported) =>
  [...reported.text.matchAll(/\$\(([A-Za-z_]\w*)\)/g)].flatMap(([, word = '']): readonly Draft[] => {
    const user = containerOf(reported).flatMap(({ env }) => {
      const using = env.findIndex(({ value }) => value?.includes(`$(${word})`))
      const defined = env.findIndex(({ name }) => name === word)
      return using === -1 ? [] : [{ name: env[using]?.name ?? '', after: defined > using }]
    })[0]
    if (user === undefined) return []
    const how = user.after
      ? `${word} is defined after it in the list, so that it is not expanded`
      : `${word} is not set`
    return [
      {
        object: template(reported),
        how: 'variable',
        word,
        strength: 1,
        relation: `sets ${user.name} from $(${word}), and ${how}`,
        verified: true,
      },
    ]
  })

const secretWord = /pass|token|secret|cred|auth|api_?key|_key$|dsn|login|user/i
const credential =
  /\bpassword|\bcredential|unauthori[sz]ed|\bauthenticat|\bapi[ _-]?key|\btoken\b|\bAuthorization\b|\baccess denied|\b401\b|\b403\b|\blogin\b|\bsignature/i
/** What a program shows to others to be let in: the Secrets that it takes. */
export const byCredential: Find = (_, reported) => {
  if (reported.kind === 'event' || !credential.test(reported.text)) return []
  const own = variablesOf(reported).filter(
    ({ object, variable }) => object.kind === 'Secret' && secretWord.test(variable),
  )
  const mounted = (reported.subject.spec?.volumes ?? []).flatMap(({ secret }) => secret?.secretName ?? [])
  const taken = containerOf(reported).flatMap((one) => one.envFrom.flatMap(({ secretRef }) => secretRef?.name ?? []))
  return [
    ...own.map(
      ({ object, variable }): Draft => ({
        object,
        how: 'credential',
        word: variable,
        strength: 0.8,
        relation: `holds ${variable}`,
      }),
    ),
    ...[...mounted, ...taken].map(
      (name): Draft => ({
        object: { kind: 'Secret', namespace: reported.subject.namespace, name },
        how: 'credential',
        word: name,
        strength: 0.5,
        relation: 'is taken for credentials',
      }),
    ),
  ]
}

/** A kubelet without a certificate of its own answers so: its requests for one that nobody has approved. */
export const byRequest: Find = (snapshot, { text }) =>
  /\btls: internal error\b/.test(text)
    ? snapshot.objects
        .filter(
          ({ kind, raw }) =>
            kind === 'CertificateSigningRequest' && /kubelet-serving/.test(JSON.stringify(raw.spec ?? {})),
        )
        .filter(({ raw }) => !/"type":"(?:Approved|Denied)"/.test(JSON.stringify(raw.status ?? {})))
        .map(
          (seen): Draft => ({
            object: refOf(seen),
            how: 'certificate',
            word: 'kubelet-serving',
            strength: 1,
            relation: 'is a kubelet’s pending request for a serving certificate, which nobody has approved',
            verified: true,
          }),
        )
    : []

/** A certificate: who issues it for the name that was called, or the Secret that holds it. */
export const byCertificate: Find = (snapshot, reported) => {
  if (!/x509|certificate|\btls\b|PKIX|\bSSL\b/i.test(reported.text)) return []
  const mounted = (reported.subject.spec?.volumes ?? []).flatMap(({ secret }) => secret?.secretName ?? [])
  const words = new Set(tokensOf(reported.text))
  return [
    ...snapshot.objects
      .filter(({ kind }) => kind === 'Certificate')
      .map((seen): Draft => {
        const names = tokensOf(JSON.stringify(seen.raw.spec ?? {}))
        const hit = names.find((name) => words.has(name))
        const asked = /valid for (.+?), not ([\w.*-]+)/.exec(reported.text)
        const dnsNames = JSON.stringify(seen.raw.spec ?? {})
        return {
          object: refOf(seen),
          how: 'certificate',
          word: hit ?? 'certificate',
          strength: hit === undefined ? 0.3 : 0.9,
          relation: asked === null ? 'asks for the certificate' : `does not ask for the name ${asked[2]}`,
          verified: asked !== null && hit !== undefined && !dnsNames.includes(`"${asked[2]}"`),
        }
      }),
    ...mounted.map(
      (name): Draft => ({
        object: { kind: 'Secret', namespace: reported.subject.namespace, name },
        how: 'certificate',
        word: 'certificate',
        strength: /tls|cert|ca|pki|ssl/i.test(name) ? 0.7 : 0.3,
        relation: 'is mounted for it',
      }),
    ),
  ]
}

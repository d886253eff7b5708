import type { Culprit } from '../../../shared/artifacts/verdict.ts'
import { hostIn } from '../../../shared/cluster/messages/host-in.ts'
import { lastChanges } from '../snapshot/changes.ts'
import { cite, few } from '../snapshot/cite.ts'
import { behind, serviceName } from '../snapshot/dependencies.ts'
import { claims, configMaps, services } from '../snapshot/kinds.ts'
import { ConfigMap } from '../snapshot/shapes-around.ts'
import { label, present, type Seen, type Snapshot } from '../snapshot/snapshot.ts'
import { subjectOf } from '../snapshot/subject.ts'
import type { Symptom } from '../symptoms/symptom.ts'
import type { FaultClass } from './class.ts'
import { type Analyzer, culpritOf, type Hypothesis, of, type Scene } from './hypothesis.ts'
import { type LogLine, tail } from './last-words.ts'
import { change, rolledOut, undo } from './remedies.ts'

const sayings: readonly (readonly [FaultClass, RegExp])[] = [
  ['VolumeFull', /no space left on device|disk (?:is )?full|ENOSPC|could not (?:extend|write)[^:]*: No space/i],
  [
    'PermissionDenied',
    /read-only file ?system|EROFS|EACCES|(?:open|mkdir|write|create|unlink|chown|bind)[^:]*:? .*permission denied|operation not permitted|permission denied:? ['"]?\//i,
  ],
  ['PortConflict', /address already in use|EADDRINUSE|port \d+ is already/i],
  [
    'CertificateExpired',
    /certificate (?:has expired|is expired)|CERT_HAS_EXPIRED|certificate expired|not after .* is in the past|expired or is not yet valid/i,
  ],
  [
    'BadCommand',
    /(?:unknown|unrecognized|invalid|undefined|bad) (?:shorthand )?(?:flag|option|argument|command|subcommand)s?\b|flag provided but not defined/i,
  ],
  [
    'MissingFile',
    /(?:no such file or directory|ENOENT|FileNotFound\w*|file not found|cannot find (?:the )?file|(?<!\b(?:database|relation|role|user|table|topic|schema|bucket|index|queue|column)\b.{0,80})does not exist)/i,
  ],
  [
    'InvalidConfiguration',
    /\[emerg\]|(?:invalid|bad|malformed|broken|unparsable|illegal)\b.{0,40}(?:config|configuration|yaml|json|toml|setting|value|directive|syntax|port|url|dsn)|(?:error|failed|cannot|could not|unable)\b.{0,30}(?:pars|unmarshal|decod|load|read|validat)\w*.{0,60}(?:config|yaml|json|toml|ini|settings|properties|file)|yaml: |syntax error|unknown (?:directive|field|key|property|setting)|unmarshal errors|config(?:uration)? (?:error|is invalid|validation failed)|did not find expected|unexpected (?:token|character|end of)/i,
  ],
]
const path = /(\/(?:[\w.-]+\/)*[\w.-]+)/g

/** What a program says of its own files, flags, rights and disk, joined with what the template mounts there. */
export const configuration: Analyzer = (scene) =>
  of(scene.symptoms, 'crash', 'start', 'ends', 'not-ready', 'init-waits', 'trouble').flatMap((symptom) => {
    const lines = tail(scene.snapshot, symptom, symptom.kind === 'crash' || symptom.kind === 'start' ? 15 : 8)
    for (const line of lines) {
      const fault = sayings.find(([, pattern]) => pattern.test(line.line))?.[0]
      if (fault !== undefined) return explain(scene, symptom, line, fault)
    }
    return []
  })

function explain(scene: Scene, symptom: Symptom, said: LogLine, fault: FaultClass): readonly Hypothesis[] {
  const { snapshot, subject } = scene
  const { line, log } = said
  const near = fault === 'InvalidConfiguration' ? around(said) : []
  const spec = symptom.container?.spec
  if (spec === undefined) return []
  const paths = [line, ...near]
    // Go's own log writes its day with slashes.
    .flatMap((one) => [...one.replace(/\b\d{4}\/\d\d\/\d\d\b/g, '').matchAll(path)])
    .map((match) => match[1] ?? '')
    .filter((one) => one.length > 3)
  const mount = paths
    .flatMap((one) =>
      spec.volumeMounts
        .filter(({ mountPath }) => one === mountPath || one.startsWith(`${mountPath.replace(/\/$/, '')}/`))
        .map((found) => ({ found, file: one })),
    )
    .toSorted((a, b) => b.found.mountPath.length - a.found.mountPath.length)[0]
  const volume = (symptom.pods[0]?.data.spec.volumes ?? subject.spec?.volumes ?? []).find(
    ({ name }) => name === mount?.found.name,
  )
  const map =
    volume?.configMap === undefined
      ? mount === undefined && fault === 'InvalidConfiguration'
        ? mapOfQuote(scene, spec, [line, ...near])
        : undefined
      : present(snapshot, configMaps, subject.namespace, volume.configMap.name)
  // A program that reads variables only has no path to name: one ConfigMap of them is then what it read.
  const fromMaps = spec.envFrom.flatMap(({ configMapRef }) =>
    configMapRef === undefined ? [] : (present(snapshot, configMaps, subject.namespace, configMapRef.name) ?? []),
  )
  const changes = lastChanges(subject).filter(
    ({ container }) => container === symptom.container?.name || container === '',
  )
  const relevant = changes.filter(({ aspect }) => aspect !== 'image' || changes.length === 1)
  const culprit = culpritFor(scene, fault, said, map, volume?.persistentVolumeClaim?.claimName)
  const what = words(fault, {
    line,
    file: mount?.file ?? paths[0],
    subject: label(subject),
    map,
    culprit,
    container: symptom.container?.name ?? '',
    size: sizeOf(snapshot, culprit),
    sealed: sealed(spec, line, mount !== undefined),
    shown: fault === 'CertificateExpired' ? shownBy(snapshot, culprit) : '',
    user: spec.securityContext?.runAsUser ?? subject.spec?.securityContext?.runAsUser,
  })
  const found = fault === 'InvalidConfiguration' || fault === 'MissingFile' ? map : undefined
  const image = changes.some(({ aspect }) => aspect === 'image') && map === undefined
  return [
    {
      class: fault === 'MissingFile' && map !== undefined ? 'MissingConfigKey' : fault,
      culprit,
      summary: what.summary.slice(0, 590),
      mechanism: `${what.mechanism}: ${[line, ...near].join(' / ')}`.slice(0, 590),
      evidence: few(
        [
          ...cite(log, line),
          ...near.flatMap((one) => cite(log, one)),
          ...symptom.evidence,
          ...(mount === undefined ? [] : cite(subject.seen ?? symptom.pods[0], `mountPath: ${mount.found.mountPath}`)),
          ...(culprit.kind === 'Secret' ? cite(subject.seen, `secretName: ${culprit.name}`) : []),
          ...cite(map, `name: ${map?.name ?? ''}`),
          ...cite(map, `ConfigMap ${map?.name ?? ''}`),
          ...relevant.flatMap((one) => one.evidence),
        ],
        8,
      ),
      confidence: strength(fault, {
        mounted: mount !== undefined,
        changed: relevant.length > 0,
        image,
        only: claimsOf(scene).length === 1,
      }),
      reasons: [
        'The program says so in its last words.',
        ...(mount === undefined
          ? []
          : [`The template mounts ${volume?.name ?? mount.found.name} at ${mount.found.mountPath}.`]),
        ...(found === undefined && fromMaps.length > 0 && fault === 'InvalidConfiguration'
          ? [`It takes variables from ${fromMaps.map(label).join(', ')}.`]
          : []),
        ...relevant.map((one) => `The last rollout changed the ${one.what} from ${one.before} to ${one.after}.`),
      ],
      falsification: what.falsification,
      explains: [symptom.key],
      remedies: [
        ...(relevant.length > 0 ? undo(subject, 'this change') : []),
        change(culprit.kind === subject.kind ? subject.seen : map, culprit, {
          title: what.title,
          command: `kubectl -n ${culprit.namespace} edit ${culprit.kind.toLowerCase()}/${culprit.name}`,
          verify: rolledOut(subject),
        }),
      ],
      weight: 70,
    },
  ]
}

const inQuotes = /["'`“]([^"'`”]{6,120})["'`”]/g
/** Programs quote the line they cannot read, and not always its file: the mounted ConfigMap that has that very text. */
function mapOfQuote(
  { snapshot, subject }: Scene,
  spec: { readonly volumeMounts: readonly { readonly name: string }[] },
  lines: readonly string[],
): Seen | undefined {
  const quotes = lines.flatMap((one) => [...one.matchAll(inQuotes)].map((match) => (match[1] ?? '').trim()))
  const mounted = new Set(spec.volumeMounts.map(({ name }) => name))
  return (subject.spec?.volumes ?? [])
    .filter(({ name, configMap }) => configMap !== undefined && mounted.has(name))
    .flatMap(({ configMap }) => present(snapshot, configMaps, subject.namespace, configMap?.name ?? '') ?? [])
    .find((map) => {
      const texts = Object.values(ConfigMap.parse(map.raw).data)
      return quotes.some((quote) => texts.some((text) => text.includes(quote)))
    })
}

/** The lines beside it: programs print the directive, its place and the complaint one below the other. */
function around({ log, line }: LogLine): readonly string[] {
  const at = log.lines.lastIndexOf(line)
  const quiet = /\b(INFO|DEBUG|TRACE|NOTICE)\b|^\s*$/i
  return [at - 2, at - 1, at + 1, at + 2].flatMap((index) => {
    const one = log.lines[index]
    return one === undefined || quiet.test(one) ? [] : [one]
  })
}

function culpritFor(
  scene: Scene,
  fault: FaultClass,
  said: LogLine,
  map: Seen | undefined,
  claim: string | undefined,
): Culprit {
  const { subject } = scene
  const namespace = subject.namespace
  if (fault === 'VolumeFull' && claim !== undefined) return { kind: 'PersistentVolumeClaim', namespace, name: claim }
  if (fault === 'VolumeFull') {
    const [name] = claimsOf(scene)
    if (name !== undefined) return { kind: 'PersistentVolumeClaim', namespace, name }
  }
  if (fault === 'CertificateExpired') {
    const server = serverOf(scene, said.line)
    if (server !== undefined) return server
    // A program that cannot start for its own certificate: the Secret that holds it is what must be renewed.
    const [own, more] = certificatesOf(scene)
    return own !== undefined && more === undefined && /issuer|\bown\b|serving|load|initiali[sz]/i.test(said.line)
      ? { kind: 'Secret', namespace, name: own }
      : culpritOf(subject)
  }
  if ((fault === 'InvalidConfiguration' || fault === 'MissingFile') && map !== undefined) return culpritOf(map)
  return culpritOf(subject)
}

/** A root file system that the template seals, and no volume over it. */
const sealed = (
  spec: { readonly securityContext?: { readonly readOnlyRootFilesystem?: boolean | undefined } | undefined },
  line: string,
  mounted: boolean,
): boolean =>
  !mounted && spec.securityContext?.readOnlyRootFilesystem === true && /read-only file ?system|EROFS/i.test(line)
function sizeOf(snapshot: Snapshot, culprit: Culprit): string {
  const claim =
    culprit.kind === 'PersistentVolumeClaim' ? present(snapshot, claims, culprit.namespace, culprit.name) : undefined
  const size = claim?.data.status.capacity.storage ?? claim?.data.spec.resources.requests.storage
  return size === undefined ? '' : `, ${size}`
}

const certificatesOf = ({ subject }: Scene): readonly string[] =>
  (subject.spec?.volumes ?? []).flatMap(({ secret }) =>
    secret !== undefined && /tls|cert|issuer|identity|pki|\bca\b/.test(secret.secretName) ? [secret.secretName] : [],
  )

/** The claims that its pods use: by the template, or by the pods of a set. */
const claimsOf = ({ subject }: Scene): readonly string[] => [
  ...new Set(
    [subject.spec, ...subject.pods.slice(0, 1).map(({ data }) => data.spec)].flatMap((spec) =>
      (spec?.volumes ?? []).flatMap(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? []),
    ),
  ),
]

/** Whose certificate it is: that of the workload behind the address in the same line. */
function serverOf({ snapshot, subject }: Scene, line: string): Culprit | undefined {
  const place = serviceName(hostIn(line, 'tls').host, subject.namespace)
  const service = place === undefined ? undefined : present(snapshot, services, place.namespace, place.name)
  const [server] = service === undefined ? [] : behind(snapshot, service)
  return server === undefined ? undefined : culpritOf(server)
}
const shownBy = (snapshot: Snapshot, server: Culprit): string => {
  const names = (subjectOf(snapshot, server).spec?.volumes ?? []).flatMap(({ secret }) => secret?.secretName ?? [])
  return names.length === 0 ? '' : `; it mounts Secret ${names.join(', ')}`
}

function strength(
  fault: FaultClass,
  { mounted, changed, image, only }: Readonly<Record<'mounted' | 'changed' | 'image' | 'only', boolean>>,
): Hypothesis['confidence'] {
  if ((fault === 'VolumeFull' && (mounted || only)) || fault === 'BadCommand' || fault === 'PermissionDenied')
    return 'high'
  if (mounted || changed) return 'high'
  return image ? 'low' : 'medium'
}

function words(
  fault: FaultClass,
  {
    file,
    subject,
    map,
    culprit,
    container,
    size,
    sealed,
    user,
    shown,
  }: {
    line: string
    file: string | undefined
    subject: string
    map: Seen | undefined
    culprit: Culprit
    container: string
    size: string
    sealed: boolean
    user: number | undefined
    shown: string
  },
) {
  const where = map === undefined ? subject : label(map)
  switch (fault) {
    case 'VolumeFull':
      return {
        summary: `The volume of ${subject} (${label(culprit)}${size}) has no space left.`,
        mechanism: 'The program cannot write any more and ends',
        falsification: 'A full disk of the node would show as DiskPressure there and hit other pods too.',
        title: 'Enlarge the claim, or remove what fills it',
      }
    case 'PermissionDenied':
      return {
        summary: sealed
          ? `Container ${container} of ${subject} cannot write${file === undefined ? '' : ` ${file}`}: readOnlyRootFilesystem is set, and no writable volume is mounted there.`
          : `Container ${container} of ${subject} may not do what it does${file === undefined ? '' : ` at ${file}`}: its user${user === undefined ? '' : ` (${user})`} or securityContext forbids it.`,
        mechanism: 'The kernel refuses the program',
        falsification: 'A missing file would be reported as such, not as a refusal.',
        title: sealed
          ? `Mount an emptyDir at ${file?.replace(/\/[^/]*$/, '') || file || 'that path'}, or unset readOnlyRootFilesystem`
          : 'Give the user the right (fsGroup, runAsUser), or a writable volume at that path',
      }
    case 'PortConflict':
      return {
        summary: `Container ${container} of ${subject} cannot listen: its port is taken.`,
        mechanism: 'Two processes of one network namespace want one port',
        falsification: 'A free port would be bound.',
        title: 'Give each container of the pod its own port',
      }
    case 'CertificateExpired':
      return {
        summary: `A TLS certificate that ${subject} uses has expired${label(culprit) === subject ? '' : `: ${label(culprit)} shows it`}${shown}.`,
        mechanism: 'The TLS handshake is refused',
        falsification: 'A certificate within its time would be accepted.',
        title: 'Renew the certificate',
      }
    case 'BadCommand':
      return {
        summary: `The arguments of container ${container} in ${subject} are not known to its program.`,
        mechanism: 'The program refuses its arguments and ends',
        falsification: 'Arguments that it knows would let it start.',
        title: 'Correct the arguments',
      }
    case 'MissingFile':
      return {
        summary:
          map === undefined
            ? `Container ${container} of ${subject} needs ${file ?? 'a file'}, which is not there.`
            : `${where} lacks the key that should be mounted as ${file} for ${subject}.`,
        mechanism: 'The program does not find a file that it needs',
        falsification: 'A wrong command would fail before the program runs; it ran and named a file of its own.',
        title: 'Mount the file, or correct the path that the program is given',
      }
    default:
      return {
        summary: `The configuration of ${subject}${map === undefined ? '' : ` (${where})`} is invalid.`,
        mechanism: 'The program rejects its configuration and ends',
        falsification: 'A configuration that it accepts would let it go on past the start.',
        title: 'Correct the configuration',
      }
  }
}

import type { Shape } from './secret-shape.ts'

const token = (kind: string, hints: readonly string[], source: string, when?: Shape['when']): Shape => ({
  kind,
  hints,
  pattern: new RegExp(`(?<![\\w-])(?:${source})(?![\\w-])`, 'dg'),
  ...(when ? { when } : {}),
})
/** Names of Kubernetes objects are in lower case: `sk-frontend-7d9f8b6c5d-x2x9z` is a pod. */
export const mixed = (value: string): boolean => /[A-Z]/.test(value) && /[a-z]/.test(value) && /\d/.test(value)

function isPartOfToken(value: string): boolean {
  try {
    const part: unknown = JSON.parse(Buffer.from(value, 'base64url').toString('utf8'))
    return typeof part === 'object' && part !== null && ['alg', 'iss', 'sub', 'exp'].some((claim) => claim in part)
  } catch {
    return false
  }
}

export const vendors: readonly Shape[] = [
  // Wrapped at the end of lines as well; and its parts by themselves, as a table or a variable for each holds them.
  token(
    'jwt',
    ['eyj'],
    'eyJ[\\w-]{8,}(?:\\.[\\w-]*|\\r?\\n[ \\t]{0,8}\\.?[\\w.-]{16,}(?=[ \\t]{0,8}(?:\\r?\\n|$))){1,60}',
    (text) => text.includes('.') && isPartOfToken(text.split('.')[0] ?? ''),
  ),
  token('jwt', ['eyj'], 'eyJ[\\w-]{17,}', isPartOfToken),
  token(
    'github',
    ['gho_', 'ghp_', 'ghs_', 'ghu_', 'ghr_', 'github_pat_'],
    'gh[opsur]_[A-Za-z\\d]{20,}|github_pat_\\w{20,}',
  ),
  token(
    'gitlab',
    ['gl', 'gr1348941'],
    'gl(?:pat|ptt|dt|rt|cbt|ft|soat|imt|agent|oas|ffct)-[\\w.-]{20,}|GR1348941[\\w-]{20}',
  ),
  token('slack', ['xox', 'xapp-'], 'xox[abeoprs]-[\\w-]{10,}|xapp-\\d-[\\w-]{10,}'),
  token(
    'stripe',
    ['k_live_', 'k_test_', 'whsec_'],
    '(?:sk|rk|pk)_(?:live|test)_[A-Za-z\\d]{10,}|whsec_[A-Za-z\\d+/]{20,}=?',
  ),
  token('npm', ['npm_'], 'npm_[A-Za-z\\d]{36}'),
  token('anthropic', ['sk-ant-'], 'sk-ant-[\\w-]{20,}'),
  token('openai', ['sk-'], 'sk-[\\w-]{20,}', mixed),
  // In small letters, as many makers of models write theirs. A pod's name has short parts.
  token(
    'key',
    ['sk-', 'key-'],
    '(?:[a-z]?sk|[a-z]{0,10}key)-(?:[a-z\\d]{1,12}-){0,3}(?:[\\da-f]{8}(?:-[\\da-f]{4}){3}-[\\da-f]{12}|[a-z\\d]{32,128})',
    (value) => /\d/.test(value),
  ),
  token('bitwarden', ['=='], '0\\.[\\da-f]{8}(?:-[\\da-f]{4}){3}-[\\da-f]{12}\\.([A-Za-z\\d]{30}:[A-Za-z\\d+/]{22}==)'),
  token('aws', ['a3t', 'akia', 'asia', 'abia', 'acca'], '(?:A3T[A-Z\\d]|AKIA|ASIA|ABIA|ACCA)[A-Z\\d]{16}'),
  token('gcp', ['aiza', 'ya29.', 'gocspx-'], 'AIza[\\w-]{35}|ya29\\.[\\w-]{20,}|GOCSPX-[\\w-]{20,60}'),
  token('azure', ['q~', 'azdo'], '[\\w.~-]{3}\\dQ~[\\w.~-]{31,34}|[A-Za-z\\d]{76}AZDO[A-Za-z\\d]{4}'),
  token('huggingface', ['hf_'], 'hf_[A-Za-z\\d]{30,60}'),
  token('sendgrid', ['sg.'], 'SG\\.[\\w-]{16,40}\\.[\\w-]{16,60}'),
  token('vault', ['hvs.', 'hvb.', 'hvr.'], 'hv[bsr]\\.[\\w-]{20,}'),
  token('grafana', ['glsa_', 'glc_'], 'glsa_[A-Za-z\\d]{32}_[A-Fa-f\\d]{8}|glc_[A-Za-z\\d+/]{32,}={0,2}'),
  token('docker', ['dckr_'], 'dckr_(?:pat|oat)_[\\w-]{20,}'),
  token('pypi', ['pypi-'], 'pypi-AgE[\\w-]{50,}'),
  token('digitalocean', ['_v1_'], 'do[opr]_v1_[a-f\\d]{64}'),
  token('databricks', ['dapi'], 'dapi[a-f\\d]{32}(?:-\\d)?'),
  token('newrelic', ['nrak-'], 'NRAK-[A-Z\\d]{27}'),
  token('terraform', ['.atlasv1.'], '[A-Za-z\\d]{14}\\.atlasv1\\.[\\w-]{60,}'),
  token('telegram', [':aa'], '(?:bot)?(\\d{8,10}:AA[\\w-]{33})'),
  token('shopify', ['shp'], 'shp(?:at|ca|pa|ss)_[A-Fa-f\\d]{32}'),
  token('age', ['age-secret-key-'], 'AGE-SECRET-KEY-1[A-Z\\d]{58}'),
  token('okta', ['ssws'], 'SSWS\\s{1,4}([\\w-]{20,})'),
  token('atlassian', ['atatt', 'atctt', 'atbb'], 'AT(?:ATT3|CTT3)[\\w=+-]{50,}|ATBB[A-Za-z\\d]{28,}'),
  token('discord', ['.'], '[MNO][A-Za-z\\d]{23,27}\\.[\\w-]{6}\\.[\\w-]{27,40}', mixed),
  token('linear', ['lin_'], 'lin_(?:api|oauth)_[A-Za-z\\d]{32,}'),
  token('notion', ['secret_', 'ntn_'], 'secret_[A-Za-z\\d]{43}|ntn_[A-Za-z\\d]{40,}'),
  token('doppler', ['dp.'], 'dp\\.(?:pt|ct|sa|st|scim|audit)\\.(?:[a-z\\d_-]{1,40}\\.)?[A-Za-z\\d]{40,}'),
  token('postman', ['pmak-'], 'PMAK-[a-f\\d]{24}-[a-f\\d]{34}'),
  token('mailgun', ['key-', 'pubkey-'], '(?:pub)?key-[a-f\\d]{32}|[a-f\\d]{32}-[a-f\\d]{8}-[a-f\\d]{8}'),
  token('mailchimp', ['-us'], '[a-f\\d]{32}-us\\d{1,2}'),
  token('square', ['sq0', 'eaaa'], 'sq0(?:atp|csp|idp)-[\\w-]{22,43}|EAAA[\\w-]{56,60}'),
  token('rubygems', ['rubygems_'], 'rubygems_[a-f\\d]{48}'),
  token('groq', ['gsk_'], 'gsk_[A-Za-z\\d]{48,56}'),
  token('xai', ['xai-'], 'xai-[A-Za-z\\d]{70,90}'),
  token('replicate', ['r8_'], 'r8_[A-Za-z\\d]{37,40}'),
  token('langsmith', ['lsv2_'], 'lsv2_(?:pt|sk)_[a-f\\d]{32}_[a-f\\d]{10}'),
  token('pinecone', ['pcsk_'], 'pcsk_[\\w]{40,80}'),
  token('posthog', ['phc_', 'phx_'], 'ph[cx]_[A-Za-z\\d]{40,48}'),
  token('tailscale', ['tskey-'], 'tskey-(?:auth|api|client|scim|webhook)-[A-Za-z\\d]{8,20}-[A-Za-z\\d]{20,40}'),
  token('pulumi', ['pul-'], 'pul-[a-f\\d]{40}'),
  token('fly', ['fo1_', 'fm1', 'fm2_'], 'fo1_[\\w-]{40,}|fm[12][ar]?_[\\w+/=-]{60,}'),
  token('contentful', ['cfpat-'], 'CFPAT-[\\w-]{40,46}'),
  token('nvidia', ['nvapi-'], 'nvapi-[\\w-]{60,70}'),
  token('twilio', ['sk'], 'SK[a-f\\d]{32}'),
  token('cloudflare', ['v1.0-'], 'v1\\.0-[a-f\\d]{24}-[a-f\\d]{146}'),
  token('k3s', ['k10'], 'K10[a-f\\d]{64}::[\\w:.-]{16,}'),
  token('paseto', ['.local.', '.public.'], 'v[1-4]\\.(?:local|public)\\.[\\w-]{40,}(?:\\.[\\w-]+)?'),
  token('macaroon', ['mda'], 'MDA[\\w-]{60,}={0,2}', mixed),
  token('wallet', ['xprv', 'yprv', 'zprv'], '[xyz]prv[1-9A-HJ-NP-Za-km-z]{100,112}'),
  token('airtable', ['pat'], 'pat[A-Za-z\\d]{14}\\.[a-f\\d]{64}'),
  token('figma', ['figd_'], 'figd_[\\w-]{40}'),
  token('heroku', ['hrku-'], 'HRKU-[\\w-]{36,64}'),
  token('netlify', ['nfp_'], 'nfp_[A-Za-z\\d]{36,40}'),
  token('planetscale', ['pscale_'], 'pscale_(?:tkn|pw|oauth)_[\\w.-]{32,64}'),
  token('prefect', ['pnu_', 'pnb_'], 'pn[ub]_[A-Za-z\\d]{36}'),
  token('readme', ['rdme_'], 'rdme_[a-z\\d]{70}'),
  token('sentry', ['sntry'], 'sntry[su]_[\\w+/=]{60,200}'),
  token('shippo', ['shippo_'], 'shippo_(?:live|test)_[a-f\\d]{40}'),
  token('snyk', ['snyk_'], 'snyk_(?:uat|sat)\\.[\\w.-]{30,}'),
  token('sonar', ['sqp_', 'squ_', 'sqa_'], 'sq[pua]_[a-f\\d]{40}'),
  token('supabase', ['sbp_', 'sb_secret_'], 'sbp_[a-f\\d]{40}|sb_secret_[\\w-]{31}'),
  token('circleci', ['ccipat_', 'cciprj_'], '(?:CCI|cci)(?:PAT|PRJ|pat|prj)_[A-Za-z\\d]{20,24}_[a-f\\d]{40}'),
  token('buildkite', ['bkua_'], 'bkua_[a-z\\d]{40}'),
  token('dynatrace', ['dt0'], 'dt0[a-z]\\d{2}\\.[A-Z\\d]{24}\\.[A-Z\\d]{64}'),
  token('easypost', ['ezak', 'eztk'], 'EZ[AT]K[a-z\\d]{54}'),
  token('flutterwave', ['flwseck'], 'FLWSECK(?:_TEST)?-[a-h\\d]{32}-X'),
  token('harness', ['pat.', 'sat.'], '[ps]at\\.[\\w-]{22}\\.[a-f\\d]{24}\\.[A-Za-z\\d]{20}'),
  token('clojars', ['clojars_'], 'CLOJARS_[a-z\\d]{60}'),
  token('crates', ['cio'], 'cio[A-Za-z\\d]{32}', mixed),
  token('perplexity', ['pplx-'], 'pplx-[A-Za-z\\d]{48}'),
  token('openrouter', ['sk-or-'], 'sk-or-v1-[a-f\\d]{64}'),
  token('brevo', ['xkeysib-'], 'xkeysib-[a-f\\d]{64}-[A-Za-z\\d]{16}'),
  token('newrelic', ['nrii-', 'nrjs-', 'nraa-'], 'NR(?:II|AA)-[\\w-]{27,32}|NRJS-[a-f\\d]{19}'),
  token('firebase', [':apa91b'], '[\\w-]{11}:APA91b[\\w-]{100,200}'),
  token('jfrog', ['akcp'], 'AKCp[A-Za-z\\d]{60,80}'),
  token('voyage', ['pa-'], 'pa-[\\w-]{43}', mixed),
  token('rancher', ['token-', 'kubeconfig-'], '(?:token|kubeconfig)-[a-z\\d.-]{3,60}:([a-z\\d]{40,})'),
]

const list = (text: string): readonly string[] => text.split(/,\s+/)

/** What was reported of servers, proxies and networks, by the letters under which this folder's tests name it. */
export const known: readonly (readonly [string, readonly string[]])[] = [
  ['Streams', list('S01, S02, S03, S04, S04b, N10, M27, M28, S06, P17, S07, S08, S09, S11, L01, L02, P37, S13, S14')],
  ['Silence, repeats and pauses', list('S15, S16, H02, S18, H03, N09, H01, U01, M03, M30, P23, P25, M29, F01')],
  ['Calls and their answers', list('P01, P02, P05a, P05b, P05c, P06a, P06b, N06, N07, D06, M01, P08, M23, M23b, D04')],
  ['Forms that are right, and seldom', list('P04, U02, P07, P26, P29, N13, N14, N15, P33, M20, T07, D01, D02')],
  ['Limits, versions and sessions', list('P09, P10, P11, P13, P31, P14, P15, P16, P22, P22b, P36, P18, P18b')],
  ['Refusals and their words', list('P19, P20, P20b, P21, P24, P24b, P27, P28, P30, P32, P34, P35, N05, M24, M26')],
  ['Lists and nulls', list('N01, N02, N03, N03b, N04, N08, N11, N12, N16, D05')],
  ['Events', list('E01 a, E01 b, E01 c, E01 d, E01 e, E01 f, E04, E06, E07, E08, E09, E10')],
  ['TLS, proxies and neighbours', list('T01, T02, T03, T04, T05, T06, T08, T09, T10, HTTPS_PROXY, X')],
  [
    'Further reports',
    list(
      'W01, W02, W03 a, W03 b, W03 c, W04 a, W04 b, W05 a, W05 b, W06 a, W06 b, W06 c, W07, W08, W09, W10 a, W10 b, W11, W12, W13, W14 a, W14 b, W14 c, W15, W16, W17, W18, W19, W20, W21, W22 a, W22 b, W23, W24 a, W24 b',
    ),
  ],
]

export const id = '(?:[A-Z]\\d\\d[a-z]?(?: [a-z](?=[:,]))?|X|HTTPS_PROXY)'
const named = new RegExp(`(?:^| )(${id}(?:, ${id})*): `)

/** `what it is because of T01, T02: an issuer …` */
export const casesIn = (name: string): readonly string[] => named.exec(name)?.[1]?.split(', ') ?? []

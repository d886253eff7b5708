import { request } from 'node:http'

/**
 * What the real Functions host (4.1037 with the Node worker 3.9.1) was seen to do with the functions of fixture-app, row by
 * row. Whoever has a host can run the same rows there: build the fixture, start the host on it, and call `ask`.
 */
export type Row = {
  readonly what: string
  readonly method?: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly status: number
  readonly json?: unknown
  readonly cookie?: string
}

export const rows: readonly Row[] = [
  { what: 'a wrong method is no route', method: 'POST', path: '/api/alive', status: 404 },
  { what: 'HEAD where only GET is registered is no route', method: 'HEAD', path: '/api/alive', status: 404 },
  { what: 'OPTIONS is no route', method: 'OPTIONS', path: '/api/alive', status: 404 },
  { what: 'an empty segment is a segment', path: '/api//alive', status: 404 },
  { what: 'case of fixed segments does not matter', path: '/API/Alive', status: 200, json: { ok: true } },
  {
    what: 'a chunked body is empty',
    method: 'POST',
    path: '/api/rest/a',
    headers: { 'transfer-encoding': 'chunked' },
    body: 'hello',
    status: 200,
    json: { params: { path: 'a' }, query: {}, body: '' },
  },
  {
    what: 'a body with its length is there',
    method: 'POST',
    path: '/api/rest/a',
    body: 'hello',
    status: 200,
    json: { params: { path: 'a' }, query: {}, body: 'hello' },
  },
  {
    what: '%2F in a parameter stays %2F',
    path: '/api/things/a%2Fb?code=local',
    status: 201,
    json: { params: { id: 'a%2Fb' }, query: null, body: '' },
  },
  {
    what: 'a name that comes twice has both values',
    path: '/api/rest/a?q=1&q=2',
    status: 200,
    json: { params: { path: 'a' }, query: { q: '1,2' }, body: '' },
  },
  {
    what: 'what encodes no text is taken as it stands',
    path: '/api/rest/%ZZ',
    status: 200,
    json: { params: { path: '%ZZ' }, query: {}, body: '' },
  },
  { what: 'an empty rest is absent', path: '/api/rest', status: 200, json: { params: {}, query: {}, body: '' } },
  {
    what: '204 has no body: the library drops it before the host could fail',
    path: '/api/odd/no-content',
    status: 204,
  },
  { what: 'cookies are set', path: '/api/odd/cookie', status: 200, cookie: 'seen=yes' },
  { what: 'no key', path: '/api/things/7', status: 401 },
  { what: 'a wrong key', path: '/api/things/7?code=wrong', status: 401 },
  { what: 'a function that fails', path: '/api/broken', status: 500 },
  { what: 'no function', path: '/api/nothing', status: 404 },
  { what: 'outside the prefix', path: '/alive', status: 404 },
]

export type Seen = { readonly status: number; readonly text: string; readonly cookies: readonly string[] }

/** As it is written: fetch would put paths and bodies into an order of its own. */
export const ask = (url: string, { method = 'GET', path, headers = {}, body }: Row): Promise<Seen> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url)
    const length = body === undefined || 'transfer-encoding' in headers ? {} : { 'content-length': `${body.length}` }
    const asked = request({ hostname, port, method, path, headers: { ...headers, ...length } }, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('end', () =>
        resolve({
          status: answer.statusCode ?? 0,
          text: Buffer.concat(chunks).toString('utf8'),
          cookies: answer.headers['set-cookie'] ?? [],
        }),
      )
    })
    asked.on('error', reject)
    asked.end(body)
  })

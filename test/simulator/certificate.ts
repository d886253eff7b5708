import { generate } from 'selfsigned'

let made: ReturnType<typeof generate> | undefined

/** One certificate for all simulators of a process: its own authority, good for loopback only. */
export function loopbackCertificate(): ReturnType<typeof generate> {
  made ??= generate([{ name: 'commonName', value: 'nightcrier-simulator' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyCertSign: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  })
  return made
}

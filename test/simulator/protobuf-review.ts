/**
 * Clients in Go send their access reviews as protobuf (k8s.io/api v0.34 authorization/v1/generated.proto). Of all
 * messages only these two are ever sent to a cluster that is only read.
 */
export function readProtobufReview(body: Buffer): unknown {
  if (body.subarray(0, 4).toString('latin1') !== 'k8s\0') return undefined
  const envelope = fields(body.subarray(4))
  const kind = text(fields(part(envelope, 1)), 2)
  const spec = fields(part(fields(part(envelope, 2)), 2))
  if (kind === 'SelfSubjectRulesReview') return { kind, spec: { namespace: text(spec, 1) } }
  if (kind !== 'SelfSubjectAccessReview') return undefined
  const at = fields(part(spec, 1))
  const names = ['namespace', 'verb', 'group', 'version', 'resource', 'subresource', 'name']
  return {
    kind,
    spec: { resourceAttributes: Object.fromEntries(names.map((name, index) => [name, text(at, index + 1)])) },
  }
}

type Parts = ReadonlyMap<number, Buffer>
const part = (parts: Parts, field: number): Buffer => parts.get(field) ?? Buffer.alloc(0)
const text = (parts: Parts, field: number): string => part(parts, field).toString('utf8')

/** Only fields with a length (strings, messages) are needed; others are passed over. */
function fields(buffer: Buffer): Parts {
  const found = new Map<number, Buffer>()
  let at = 0
  const varint = () => {
    let value = 0
    for (let shift = 0; at < buffer.length; shift += 7) {
      const byte = buffer[at++] ?? 0
      value += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) break
    }
    return value
  }
  while (at < buffer.length) {
    const tag = varint()
    const length = varint()
    if ((tag & 7) !== 2) continue
    found.set(tag >> 3, buffer.subarray(at, at + length))
    at += length
  }
  return found
}

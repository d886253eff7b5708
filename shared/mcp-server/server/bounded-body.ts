/**
 * The same body, of which at most `maxBytes` wait for a slow reader. One that falls behind further is cut off: it can
 * come back and go on from its Last-Event-ID, and until then costs nothing.
 */
export function boundedBody(
  body: ReadableStream<Uint8Array>,
  maxBytes: number,
  onCut: () => void,
): ReadableStream<Uint8Array> {
  const reader = body.getReader()
  let left = false
  return new ReadableStream<Uint8Array>(
    {
      start: (controller) => {
        void (async () => {
          try {
            for (;;) {
              const { value, done } = await reader.read()
              if (left) return
              if (done) return controller.close()
              // What waits already, before this piece.
              const waiting = maxBytes - (controller.desiredSize ?? 0)
              if (waiting > 0 && waiting + value.byteLength > maxBytes) {
                onCut()
                await reader.cancel()
                return controller.error(new Error('The reader was too slow.'))
              }
              controller.enqueue(value)
            }
          } catch (error) {
            if (!left) controller.error(error)
          }
        })()
      },
      cancel: (reason) => {
        left = true
        return reader.cancel(reason)
      },
    },
    new ByteLengthQueuingStrategy({ highWaterMark: maxBytes }),
  )
}

/** What one client holds of one cluster. */
export type Held = { readonly close: () => Promise<void> }
/** Connects, opens the stream, sets the level, lists the tools, subscribes. `onFault` gets a fault that was checked. */
export type OpenClient = (endpoint: string, onFault: (fault: unknown) => void) => Promise<Held>

/** The ring that faults are put into where nothing else is measured. */
export function ring() {
  const kept: unknown[] = new Array(1_000)
  let count = 0
  return {
    put: (fault: unknown): void => {
      kept[count % kept.length] = fault
      count += 1
    },
    count: () => count,
  }
}

declare const cleared: unique symbol

/** What has gone through the door: without secrets, and without characters that steer whoever shows it. */
export type Cleared<T> = T & { readonly [cleared]: true }

/**
 * The one way in for what strangers say: an MCP server, a cluster, an alert. What is kept, sent or shown takes cleared
 * values by type, so that nothing gets past. Clearing again changes nothing.
 */
export type Door = { readonly clear: <T>(foreign: T) => Cleared<T> }

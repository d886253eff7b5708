/** A refusal as MCP clients expect one: JSON-RPC without an id. */
export const jsonError = (status: number, message: string, code = -32000, headers: Record<string, string> = {}) =>
  Response.json({ jsonrpc: '2.0', error: { code, message }, id: null }, { status, headers })

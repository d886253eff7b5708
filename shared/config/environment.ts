/** For programs that are started: they need a path, a home and proxies. */
export const environment = (): Readonly<Record<string, string | undefined>> => process.env

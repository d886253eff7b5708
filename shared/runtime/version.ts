import { readFileSync } from 'node:fs'

const read = (): string => JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version

/** Of this product: in bundles a constant (infra/inline-texts.ts), since no package.json lies beside every one of them. */
export const version: string = read()

import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from '@cdktf/hcl2json'
import { z } from 'zod'

const folder = join(import.meta.dirname, '../../infra/terraform')

const Blocks = z.record(z.string(), z.record(z.string(), z.array(z.looseObject({}))))
const File = z.looseObject({
  resource: Blocks.default({}),
  variable: z.record(z.string(), z.array(z.looseObject({}))).default({}),
  locals: z.array(z.looseObject({})).default([]),
  provider: z.record(z.string(), z.array(z.looseObject({}))).default({}),
})

export type Block = { readonly kind: string; readonly name: string; readonly body: Readonly<Record<string, unknown>> }
export type Terraform = {
  readonly resources: readonly Block[]
  readonly variables: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly locals: Readonly<Record<string, unknown>>
  readonly providers: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

/** The files by their names, so that a test can plant something in one. */
export const terraformTexts = (): Readonly<Record<string, string>> =>
  Object.fromEntries(
    globSync('*.tf', { cwd: folder })
      .sort()
      .map((file) => [file, readFileSync(join(folder, file), 'utf8')]),
  )

/** Terraform as its own parser reads it; expressions stay text. */
export async function readTerraform(texts = terraformTexts()): Promise<Terraform> {
  const files = await Promise.all(
    Object.entries(texts).map(async ([name, text]) => File.parse(await parse(name, text))),
  )
  const first = <T>(blocks: Readonly<Record<string, readonly T[]>>) =>
    Object.fromEntries(Object.entries(blocks).flatMap(([name, [one]]) => (one === undefined ? [] : [[name, one]])))
  return {
    resources: files.flatMap(({ resource }) =>
      Object.entries(resource).flatMap(([kind, named]) =>
        Object.entries(first(named)).map(([name, body]) => ({ kind, name, body })),
      ),
    ),
    variables: Object.assign({}, ...files.map(({ variable }) => first(variable))),
    locals: Object.assign({}, ...files.flatMap(({ locals }) => locals)),
    providers: Object.assign({}, ...files.map(({ provider }) => first(provider))),
  }
}

/** `Microsoft.Web/sites@2025-03-01` of azapi, or azurerm's own word. */
export const typeOf = ({ kind, body }: Block): string =>
  kind.startsWith('azapi_') && typeof body.type === 'string' ? body.type : kind

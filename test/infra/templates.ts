import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')

/** The text of both kinds of templates: path from infra/ → text. A test may plant something in a copy of them. */
export type Templates = Readonly<Record<string, string>>
export function readTemplates(folder: 'azure' | 'terraform'): Templates {
  const files = globSync(folder === 'azure' ? '**/*.bicep' : '*.tf', { cwd: join(root, 'infra', folder) }).sort()
  return Object.fromEntries(files.map((file) => [file, readFileSync(join(root, 'infra', folder, file), 'utf8')]))
}
const whole = (templates: Templates) => Object.values(templates).join('\n')

/** `@description(…) param name type = default` of main.bicep. */
export function bicepParameters(templates: Templates): ReadonlyMap<string, string> {
  return new Map(
    [...templates['main.bicep']!.matchAll(/^param (\w+) [\w[\]]+(?: = (.+))?$/gm)].map(([, name, value]) => [
      name!,
      value ?? '',
    ]),
  )
}
export function terraformVariables(templates: Templates): ReadonlyMap<string, string> {
  return new Map(
    [...templates['variables.tf']!.matchAll(/^variable "(\w+)" \{\n([\s\S]*?)^\}/gm)].map(([, name, body]) => [
      name!,
      /^ {2}default\s*= (.+)$/m.exec(body!)?.[1] ?? '',
    ]),
  )
}

export type Block = { readonly name: string; readonly type: string; readonly version: string; readonly body: string }

/** Resources that a template makes, those inside others included; not those that it only refers to. */
export function bicepResources(templates: Templates): readonly Block[] {
  return Object.values(templates).flatMap((text) => {
    const top = [...text.matchAll(/^resource (\w+) '([\w./]+)@([\w-]+)' (existing )?=([\s\S]*?)^[}\]]/gm)]
    return top.flatMap(([, name, type, version, existing, body]) => [
      ...(existing === undefined ? [{ name: name!, type: type!, version: version!, body: body! }] : []),
      ...[...body!.matchAll(/^ +resource (\w+) '(\w+)' = (\{.*\})$/gm)].map(([, child, kind, inside]) => ({
        name: child!,
        type: `${type}/${kind}`,
        version: version!,
        body: inside!,
      })),
    ])
  })
}
export function terraformResources(templates: Templates): readonly Block[] {
  return [...whole(templates).matchAll(/^resource "(\w+)" "(\w+)" \{\n([\s\S]*?)^\}/gm)].map(([, kind, name, body]) => {
    const [type = kind!, version = ''] = (/^ {2}type\s*= "(.+)"$/m.exec(body!)?.[1] ?? kind!).split('@')
    return { name: name!, type, version, body: body! }
  })
}

/** Names of the settings that a template makes by itself. */
export function wiredSettings(templates: Templates): readonly string[] {
  const block = /^ *(?:var )?wired = \{\n([\s\S]*?)^ *\}/m.exec(whole(templates))?.[1] ?? ''
  return [...block.matchAll(/^ +(\w+)\s*[:=] /gm)].map(([, name]) => name!).sort()
}

/** Actions of the roles that a template makes. */
export const customActions = (templates: Templates): readonly string[] =>
  [...whole(templates).matchAll(/actions(?::|\s*=) \[\n([\s\S]*?)\]/g)]
    .flatMap(([, list]) => [...list!.matchAll(/['"]([^'"]+)['"]/g)].map(([, action]) => action!))
    .sort()

import { dirname, join } from 'node:path'
import type { Plugin } from 'esbuild'

/** Leaves out of the package what its code cannot reach: half a megabyte that every deployment would carry. */
export const prune: Plugin = {
  name: 'prune',
  setup(plugin) {
    // zod brings its messages in fifty languages; only English is ever set.
    plugin.onResolve({ filter: /\/locales\/index\.js$/ }, ({ path, resolveDir }) =>
      /[\\/]zod[\\/]/.test(resolveDir)
        ? { path: join(resolveDir, dirname(path), 'en.js'), namespace: 'english' }
        : undefined,
    )
    plugin.onLoad({ filter: /.*/, namespace: 'english' }, ({ path }) => ({
      contents: `export { default as en } from ${JSON.stringify(path)}`,
      resolveDir: dirname(path),
    }))
    // sanitize-html parses style attributes with it; none is ever let through (shared/report/page/investigation.ts).
    plugin.onResolve({ filter: /^postcss$/ }, ({ path }) => ({ path, namespace: 'never-called' }))
    plugin.onLoad({ filter: /.*/, namespace: 'never-called' }, ({ path }) => ({
      contents: `export const parse = () => { throw new Error('${path} is not in this package: infra/prune.ts leaves it out.') }`,
    }))
    // The generated clients of Kubernetes have a class for each kind, and a table of them all to turn objects into; only
    // kubeconfigs are read, so nobody looks into either.
    plugin.onResolve({ filter: /\/models\/all\.js$/ }, ({ path, resolveDir }) =>
      /client-node[\\/]dist/.test(resolveDir) ? { path: join(resolveDir, path), sideEffects: false } : undefined,
    )
    plugin.onResolve({ filter: /\/ObjectSerializer\.js$/ }, ({ path, resolveDir }) =>
      /client-node[\\/]dist/.test(resolveDir) ? { path, namespace: 'serializer' } : undefined,
    )
    plugin.onLoad({ filter: /.*/, namespace: 'serializer' }, ({ path }) => ({
      contents: `export class ObjectSerializer { static serialize() { throw new Error('${path} is not in this package: infra/prune.ts leaves it out.') } }`,
    }))
    // An MCP server checks with it what its caller's person has filled in; no tool here asks a person, and each start would
    // load and build it.
    plugin.onResolve({ filter: /\/validation\/ajv-provider\.js$/ }, ({ path, importer }) =>
      /sdk[\\/]dist[\\/]esm[\\/]server[\\/]index\.js$/.test(importer) ? { path, namespace: 'asks-nobody' } : undefined,
    )
    plugin.onLoad({ filter: /.*/, namespace: 'asks-nobody' }, ({ path }) => ({
      contents: `export class AjvJsonSchemaValidator { getValidator() { throw new Error('${path} is not in this package: infra/prune.ts leaves it out.') } }`,
    }))
    // Lists of blobs can be asked for in this form; nothing here asks (storage-blob's default is XML).
    plugin.onResolve({ filter: /^apache-arrow$/ }, ({ path }) => ({ path, namespace: 'left-out' }))
    plugin.onLoad({ filter: /.*/, namespace: 'left-out' }, ({ path }) => ({
      contents: `throw new Error('${path} is not in this package: infra/prune.ts leaves it out.')`,
    }))
  },
}

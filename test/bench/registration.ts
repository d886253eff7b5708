import { spawnSync } from 'node:child_process'
import process from 'node:process'
import { z } from 'zod'

/** What Azure's worker hands to the library; so an app registers in earnest. */
const program = `
  import Module from 'node:module'
  const core = { version: '3.12.0', hostVersion: '4', registered: 0, registerFunction() { core.registered++ },
    registerHook() {}, setProgrammingModel() {}, getProgrammingModel() {}, log() {}, Disposable: class {} }
  const { require: own } = Module.prototype
  Module.prototype.require = function (name) { return name === '@azure/functions-core' ? core : own.call(this, name) }
  const begun = performance.now()
  await import(process.argv[1])
  const milliseconds = performance.now() - begun
  for (const file of process.argv.slice(2)) await import(file)
  const laterMilliseconds = performance.now() - begun - milliseconds
  console.log(JSON.stringify({ milliseconds, laterMilliseconds, registered: core.registered }))`
const Registered = z.object({ milliseconds: z.number(), laterMilliseconds: z.number(), registered: z.number() })

/** Loads an app's `main`, or anything else, in a fresh process, as a worker does before its first invocation; then `later`. */
export function register(main: string, later: readonly string[] = []): z.infer<typeof Registered> {
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', program, main, ...later], {
    encoding: 'utf8',
    // A fresh instance on Azure finds no code that an earlier one has compiled.
    env: { ...process.env, NODE_DISABLE_COMPILE_CACHE: '1' },
  })
  if (stderr !== '') throw new Error(`${main} does not load: ${stderr}`)
  return Registered.parse(JSON.parse(stdout))
}

import Module from 'node:module'
import { FunctionMetadata } from './bindings.ts'

export type Callback = (...parameters: readonly unknown[]) => unknown
export type Registered = { readonly metadata: FunctionMetadata; readonly callback: Callback }
/** One value on its way to or from the library, in the form the host's gRPC protocol gives it. */
export type TypedData = { readonly [kind: string]: unknown }
export type CoreContext = {
  readonly invocationId: string
  readonly request: {
    readonly invocationId: string
    readonly inputData: readonly { name: string; data: TypedData }[]
    readonly triggerMetadata?: Readonly<Record<string, TypedData>>
    readonly traceContext: { readonly traceParent: string; readonly traceState: string; readonly attributes: object }
  }
  readonly metadata: FunctionMetadata
  state: 'preInvocationHooks' | 'invocation' | 'postInvocationHooks' | undefined
  readonly log: (level: string, category: string, message: string) => void
}
type InvocationModel = {
  readonly getArguments: () => Promise<{ context: unknown; inputs: unknown[] }>
  readonly invokeFunction: (context: unknown, inputs: unknown[], callback: Callback) => Promise<unknown>
  readonly getResponse: (context: unknown, result: unknown) => Promise<unknown>
}
type ProgrammingModel = {
  readonly name: string
  readonly getInvocationModel: (context: CoreContext) => InvocationModel
  readonly getCapabilities: (capabilities: Record<string, string>) => Promise<Record<string, string>>
}

const hookNames = ['preInvocation', 'postInvocation', 'appStart', 'appTerminate', 'log'] as const
export type HookName = (typeof hookNames)[number]
type Hook = (context: object) => unknown
const isHookName = (name: string): name is HookName => hookNames.some((known) => known === name)

/**
 * The other side of `@azure/functions-core`: the module that Azure's Node worker supplies by answering `require` itself
 * (azure-functions-nodejs-worker v3.12, src/setupCoreModule.ts). Functions can be registered until `close()`.
 */
export function createCore(log: (level: string, category: string, message: string) => void) {
  const functions = new Map<string, Registered>()
  const hooks: Record<HookName, Hook[]> = {
    preInvocation: [],
    postInvocation: [],
    appStart: [],
    appTerminate: [],
    log: [],
  }
  let model: ProgrammingModel | undefined
  let closed = false

  const disposable = (dispose: () => void) => ({ dispose, [Symbol.dispose]: dispose })
  const core = {
    version: '3.12.0',
    hostVersion: '4.1043.0',
    registerFunction(metadata: unknown, callback: Callback) {
      const parsed = FunctionMetadata.parse(metadata)
      if (closed) throw new Error(`Function ${parsed.name} is registered too late: the app has started.`)
      if (functions.has(parsed.name)) throw new Error(`Function ${parsed.name} is registered twice.`)
      functions.set(parsed.name, { metadata: parsed, callback })
      return disposable(() => functions.delete(parsed.name))
    },
    registerHook(name: string, callback: Hook) {
      if (!isHookName(name)) throw new RangeError(`Unrecognized hook "${name}"`)
      const list = hooks[name]
      list.push(callback)
      return disposable(() => list.splice(list.indexOf(callback), 1))
    },
    setProgrammingModel(given: ProgrammingModel) {
      model = given
    },
    getProgrammingModel: () => model,
    log,
    Disposable: class {
      dispose() {}
    },
  }
  return {
    /** Makes `require('@azure/functions-core')` answer with this core, in this process, for good. */
    install() {
      const original = Module.prototype.require
      Module.prototype.require = function (this: Module, id: string) {
        return id === '@azure/functions-core' ? core : original.call(this, id)
      }
    },
    /** One object for all hooks of this process. */
    appHookData: {},
    functions: (): readonly Registered[] => [...functions.values()],
    model: (): ProgrammingModel => {
      if (model === undefined) throw new Error('The app has not loaded @azure/functions.')
      return model
    },
    close: () => {
      closed = true
    },
    runHooks: async (name: HookName, context: object): Promise<void> => {
      for (const hook of hooks[name]) await hook(context)
    },
    log,
  }
}
export type Core = ReturnType<typeof createCore>

import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Core, CoreContext, Registered, TypedData } from './core-api.ts'

const Response = z.looseObject({
  returnValue: z.looseObject({ http: z.unknown().optional() }).nullish(),
})

export type Invoke = (
  target: Registered,
  input: { readonly name: string; readonly data: TypedData },
  triggerMetadata?: Readonly<Record<string, TypedData>>,
) => Promise<{ readonly http: unknown }>

export type InvokeEvents = {
  readonly started: (name: string, invocationId: string) => void
  readonly ended: (name: string, invocationId: string, ok: boolean) => void
}

/** One call of one function, in the order of Azure's worker: arguments, pre hooks, the function, post hooks, the answer. */
export const createInvoke =
  (core: Core, events: InvokeEvents, log: (entry: object) => void): Invoke =>
  async (target, input, triggerMetadata) => {
    const { name } = target.metadata
    const invocationId = randomUUID()
    const context: CoreContext = {
      invocationId,
      request: {
        invocationId,
        inputData: [input],
        ...(triggerMetadata === undefined ? {} : { triggerMetadata }),
        traceContext: {
          // Without Application Insights the host has none.
          traceParent: '',
          traceState: '',
          attributes: {},
        },
      },
      metadata: target.metadata,
      state: undefined,
      log: (level, category, message) => log({ level, category, function: name, invocationId, message }),
    }
    events.started(name, invocationId)
    let ok = false
    try {
      const model = core.model().getInvocationModel(context)
      const { context: invocationContext, inputs } = await model.getArguments()
      const shared = { hookData: {}, appHookData: core.appHookData, invocationContext }
      // Hooks may replace the inputs, the callback, the result and the error by writing to what they are given.
      const before = { ...shared, inputs, functionCallback: target.callback }
      context.state = 'preInvocationHooks'
      await core.runHooks('preInvocation', before)
      context.state = 'invocation'
      const after: { result: unknown; error: unknown } & typeof shared & { inputs: unknown[] } = {
        ...shared,
        inputs: before.inputs,
        result: null,
        error: null,
      }
      try {
        after.result = await model.invokeFunction(invocationContext, before.inputs, before.functionCallback)
      } catch (error) {
        after.error = error
      }
      context.state = 'postInvocationHooks'
      await core.runHooks('postInvocation', after)
      context.state = undefined
      if (after.error !== null && after.error !== undefined) throw after.error
      const response = Response.parse(await model.getResponse(invocationContext, after.result))
      ok = true
      return { http: response.returnValue?.http }
    } finally {
      events.ended(name, invocationId, ok)
    }
  }

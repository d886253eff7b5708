import { once } from '../runtime/once.ts'
import type { Answer } from './http/answer.ts'
import type { DoctorRequest } from './http/doctor.ts'
import type { FeedbackRequest } from './http/feedback.ts'
import type { BodyRequest } from './http/json-body.ts'
import type { IncomingRequest } from './http/mcp.ts'
import type { Invocation } from './invocation.ts'

/**
 * The one place where the parts are joined. Every act loads what it needs when it is first called, so that registering
 * the functions costs next to nothing and an instance never loads what only another function uses.
 */
export function app() {
  joined ??= join()
  return joined
}
let joined: ReturnType<typeof join> | undefined

function join() {
  let supervising = false
  const platform = once(async () => {
    const { createPlatform } = await import('./platform.ts')
    return createPlatform()
  })
  const begin = async (invocation: Invocation, message?: unknown) => {
    const [{ logOf, atEdge }, { traced }, base] = await Promise.all([
      import('./invocation.ts'),
      import('./traced.ts'),
      platform(),
    ])
    const log = logOf(invocation, base.settings.LOG_LEVEL, message)
    const edge = (act: () => Promise<unknown>) => atEdge(log, () => traced(base, invocation.functionName, message, act))
    return { platform: base, log, edge }
  }
  const http = async (invocation: Invocation, name: 'health' | 'clusterHealth' | 'metrics'): Promise<Answer> => {
    const { platform: base } = await begin(invocation)
    const answers = await import('./http/health.ts')
    return answers[name](base)
  }

  return {
    supervise: async (name: string, invocation: Invocation): Promise<void> => {
      const { platform: base, log } = await begin(invocation)
      const { supervise } = await import('./deps/supervise.ts')
      supervising = true
      await supervise(base, log, name)
    },
    /** Before the process ends. Nothing is loaded for it where no window ever ran. */
    endWindows: async (): Promise<void> => {
      if (!supervising) return
      const { endWindows } = await import('./deps/windows.ts')
      await endWindows((await platform()).clock)
    },
    triage: async (message: unknown, invocation: Invocation): Promise<void> => {
      const { platform: base, log, edge } = await begin(invocation, message)
      const { triageDeps } = await import('./deps/triage.ts')
      const { handleTriageMessage } = await import('../triage/handle-triage-message.ts')
      const { deliveryOf } = await import('./invocation.ts')
      const delivery = deliveryOf(invocation, message)
      const deps = triageDeps(base, log)
      await edge(() => handleTriageMessage(deps)(message, delivery))
    },
    report: async (message: unknown, invocation: Invocation): Promise<void> => {
      const { platform: base, log, edge } = await begin(invocation, message)
      const { reportDeps } = await import('./deps/report.ts')
      const { handleResult } = await import('../report/handle-result.ts')
      const deps = reportDeps(base, log)
      await edge(() => handleResult(deps)(message))
    },
    notify: async (message: unknown, invocation: Invocation): Promise<void> => {
      const { platform: base, log, edge } = await begin(invocation, message)
      const { notifyDeps } = await import('./deps/notify.ts')
      const { handleNotice } = await import('../notify/handle-notice.ts')
      const deps = notifyDeps(base, log)
      await edge(() => handleNotice(deps)(message))
      const { showNoticed } = await import('./deps/show-notified.ts')
      await showNoticed(base, message)
    },
    sweep: async (invocation: Invocation): Promise<void> => {
      const { platform: base, log } = await begin(invocation)
      const { sweep } = await import('./deps/sweep.ts')
      await sweep(base, log)
    },
    deadLetter: async (queue: string, message: unknown, invocation: Invocation): Promise<void> => {
      const { platform: base, log, edge } = await begin(invocation, message)
      const { triageDeps } = await import('./deps/triage.ts')
      const { handleDeadLetter } = await import('../triage/dead-letter.ts')
      const deps = triageDeps(base, log)
      try {
        await edge(() => handleDeadLetter(deps)(queue, message))
      } catch (error) {
        // It comes again every ten minutes until its seven days are over, and then nobody would know of it.
        log.error({ queue }, 'A dead letter could not be kept: it is lost when it is seven days old')
        throw error
      }
    },
    health: (invocation: Invocation): Promise<Answer> => http(invocation, 'health'),
    clusterHealth: (invocation: Invocation): Promise<Answer> => http(invocation, 'clusterHealth'),
    metrics: (invocation: Invocation): Promise<Answer> => http(invocation, 'metrics'),
    incidents: async (query: URLSearchParams, invocation: Invocation): Promise<Answer> => {
      const { platform: base } = await begin(invocation)
      const { incidents } = await import('./http/health.ts')
      return incidents(base, query)
    },
    incident: async (id: string, invocation: Invocation): Promise<Answer> => {
      const { platform: base } = await begin(invocation)
      const { incident } = await import('./http/health.ts')
      return incident(base, id)
    },
    incidentReport: async (id: string, accept: string, invocation: Invocation): Promise<Answer> => {
      const { platform: base } = await begin(invocation)
      const { incidentReport } = await import('./http/health.ts')
      return incidentReport(base, id, accept)
    },
    incidentFeedback: async (id: string, request: FeedbackRequest, invocation: Invocation): Promise<Answer> => {
      const { platform: base } = await begin(invocation)
      const { incidentFeedback } = await import('./http/feedback.ts')
      return incidentFeedback(base, id, request)
    },
    byLink: async (token: string, request: FeedbackRequest, invocation: Invocation): Promise<Answer> => {
      const { platform: base } = await begin(invocation)
      const { byLink } = await import('./http/by-link.ts')
      return byLink(base, token, request)
    },
    incidentScenario: async (id: string, invocation: Invocation): Promise<Answer> => {
      const { platform: base } = await begin(invocation)
      const { incidentScenario } = await import('./http/scenario.ts')
      return incidentScenario(base, id)
    },
    doctor: async (request: DoctorRequest, invocation: Invocation): Promise<Answer> => {
      const { platform: base, log } = await begin(invocation)
      const { doctor } = await import('./http/doctor.ts')
      return doctor(base, log, request)
    },
    investigate: async (request: BodyRequest, invocation: Invocation): Promise<Answer> => {
      const { platform: base } = await begin(invocation)
      const { investigate } = await import('./http/investigate.ts')
      return investigate(base, request)
    },
    alerts: async (request: BodyRequest & { readonly query: URLSearchParams }, invocation: Invocation) => {
      const { platform: base, log } = await begin(invocation)
      const { postAlerts } = await import('./http/alerts.ts')
      return postAlerts(base, log, request)
    },
    mutes: async (request: BodyRequest & { readonly method: string }, invocation: Invocation): Promise<Answer> => {
      const { platform: base } = await begin(invocation)
      const { mutes } = await import('./http/mutes.ts')
      return mutes(base, request)
    },
    unmute: async (id: string, invocation: Invocation): Promise<Answer> => {
      const { platform: base } = await begin(invocation)
      const { unmute } = await import('./http/mutes.ts')
      return unmute(base, id)
    },
    acknowledge: async (id: string, request: BodyRequest, invocation: Invocation): Promise<Answer> => {
      const { platform: base } = await begin(invocation)
      const { acknowledgeIncident } = await import('./http/mutes.ts')
      return acknowledgeIncident(base, id, request)
    },
    list: async (query: URLSearchParams, invocation: Invocation): Promise<Answer> => {
      const { platform: base } = await begin(invocation)
      const { list } = await import('./http/pages.ts')
      return list(base, query)
    },
    board: async (query: URLSearchParams, invocation: Invocation): Promise<Answer> => {
      const { platform: base } = await begin(invocation)
      const { board } = await import('./http/pages.ts')
      return board(base, query)
    },
    kubernetesMcp: async (request: IncomingRequest, invocation: Invocation): Promise<Answer> => {
      const { platform: base, log } = await begin(invocation)
      const { kubernetesMcp } = await import('./http/mcp.ts')
      return kubernetesMcp(base, log, request, base)
    },
  }
}

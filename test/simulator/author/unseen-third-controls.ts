import { probeFails } from './failing-probe.ts'
import { allLogs, at, readyAt, unseen } from './unseen.ts'

const DAY = 1_440

const nothing = { rootCause: null, outcome: 'none' }
/** Pictures in which nothing is to blame, or in which nobody may see what is. */
export const unseenThirdControls = [
  unseen('third-rolling-well', (t) => {
    const app = t.app({
      namespace: 'shop',
      name: 'wishlist',
      replicas: 3,
      rolled: 0.6,
      before: readyAt('/up'),
      main: readyAt('/up'),
      state: { ready: false, started: 0.4, notReadySince: 0.5 },
      port: 8080,
    })
    return {
      objects: [
        ...app.objects,
        t.warn(
          app.pods.at(-1) ?? app.owner,
          'Unhealthy',
          'Readiness probe failed: Get "http://10.244.2.7:8080/up": dial tcp 10.244.2.7:8080: connect: connection refused',
          { first: 0.35, last: 0.2, count: 2 },
        ),
      ],
      logs: allLogs(t, app.pods.slice(-1), [
        'INFO  Tomcat initialized with port 8080 (http)',
        'INFO  Root WebApplicationContext: initialization completed',
      ]),
      expect: { ...nothing, trigger: at('Deployment/shop/wishlist') },
    }
  }),
  unseen('third-node-back-again', (t) => {
    const [machine] = t.machines.filter(({ kind }) => kind === 'Node')
    if (machine === undefined) throw new Error('no machine')
    const app = t.app({ namespace: 'radio', name: 'stream-mixer', days: 70, main: readyAt('/'), port: 8080 })
    return {
      objects: [
        ...app.objects,
        t.tell(machine, 'NodeNotReady', 'Node pool-a-1 status is now: NodeNotReady', {
          first: 48,
          component: 'node-controller',
        }),
        t.tell(machine, 'NodeReady', 'Node pool-a-1 status is now: NodeReady', { first: 45, component: 'kubelet' }),
        ...app.pods.map((pod) =>
          t.warn(pod, 'NodeNotReady', 'Node is not ready', { first: 48, component: 'node-controller' }),
        ),
      ],
      expect: { ...nothing, trigger: at('Deployment/radio/stream-mixer') },
    }
  }),
  unseen('third-second-try-worked', (t) => {
    const job = t.thing(
      'batch/v1',
      'Job',
      'finance',
      'vat-export-2026-10',
      {
        spec: {
          backoffLimit: 4,
          completions: 1,
          parallelism: 1,
          template: {
            metadata: { labels: { 'job-name': 'vat-export-2026-10' } },
            spec: {
              restartPolicy: 'Never',
              containers: [{ name: 'export', image: 'registry.example.net/finance/vat:3' }],
            },
          },
        },
        status: {
          failed: 1,
          succeeded: 1,
          startTime: t.ago(90),
          completionTime: t.ago(70),
          conditions: [{ type: 'Complete', status: 'True', lastTransitionTime: t.ago(70) }],
        },
      },
      { created: 90 },
    )
    const run = (suffix: string, phase: string, exitCode: number, ended: number) =>
      t.thing(
        'v1',
        'Pod',
        'finance',
        `vat-export-2026-10-${suffix}`,
        {
          spec: {
            nodeName: 'pool-a-1',
            restartPolicy: 'Never',
            containers: [{ name: 'export', image: 'registry.example.net/finance/vat:3' }],
          },
          status: {
            phase,
            startTime: t.ago(ended + 5),
            conditions: [{ type: 'Ready', status: 'False', reason: 'PodCompleted', lastTransitionTime: t.ago(ended) }],
            containerStatuses: [
              {
                name: 'export',
                image: 'registry.example.net/finance/vat:3',
                ready: false,
                restartCount: 0,
                state: {
                  terminated: {
                    exitCode,
                    reason: exitCode === 0 ? 'Completed' : 'Error',
                    startedAt: t.ago(ended + 5),
                    finishedAt: t.ago(ended),
                  },
                },
              },
            ],
          },
        },
        {
          created: ended + 5,
          labels: { 'job-name': 'vat-export-2026-10' },
          ownerReferences: [
            {
              apiVersion: 'batch/v1',
              kind: 'Job',
              name: 'vat-export-2026-10',
              uid: job.metadata.uid,
              controller: true,
            },
          ],
        },
      )
    const failed = run('x4m2d', 'Failed', 1, 84)
    return {
      objects: [job, failed, run('zq9tw', 'Succeeded', 0, 70)],
      logs: t.log(failed, 'export', 84, ['ERROR could not obtain lock on relation "ledger"', 'exit status 1']),
      expect: { ...nothing, trigger: at('Job/finance/vat-export-2026-10') },
    }
  }),
  unseen('third-asleep-on-purpose', (t) => {
    const app = t.app({
      namespace: 'demo',
      name: 'sales-demo',
      days: 50,
      replicas: 0,
      annotations: { 'downscaler/uptime': 'Mon-Fri 08:00-18:00 Europe/Berlin' },
      port: 8080,
    })
    return { objects: app.objects, expect: { ...nothing, trigger: at('Deployment/demo/sales-demo') } }
  }),
  unseen('third-seen-through-fog', (t) => {
    const app = t.app({
      namespace: 'clinic',
      name: 'appointments',
      days: 9,
      main: readyAt('/ready'),
      state: { ready: false, notReadySince: 31 },
      port: 8080,
    })
    return {
      objects: [
        ...app.objects,
        ...probeFails(t, app.pods, 'Readiness probe failed: HTTP probe failed with statuscode: 503', 31),
      ],
      logs: allLogs(t, app.pods, ['ERROR redis: dial tcp 10.96.3.9:6379: i/o timeout']),
      access: [
        { verb: 'get', resource: 'pods/log' },
        { verbs: ['get', 'list'], resource: 'events' },
      ],
      expect: {
        rootCause: null,
        outcome: 'inconclusive',
        mustMention: ['/forbidden|denied|may not|not allowed|403/i'],
        trigger: at('Deployment/clinic/appointments'),
      },
    }
  }),
  unseen('third-resting-clock', (t) => {
    const cron = t.thing(
      'batch/v1',
      'CronJob',
      'survey',
      'weekly-digest',
      {
        spec: {
          schedule: '0 6 * * 1',
          concurrencyPolicy: 'Forbid',
          suspend: false,
          jobTemplate: {
            spec: {
              template: {
                spec: {
                  restartPolicy: 'OnFailure',
                  containers: [{ name: 'digest', image: 'registry.example.net/survey/digest:2' }],
                },
              },
            },
          },
        },
        status: { lastScheduleTime: t.ago(1 * DAY + 264), lastSuccessfulTime: t.ago(1 * DAY + 260) },
      },
      { created: 200 * DAY },
    )
    return { objects: [cron], expect: { ...nothing, trigger: at('CronJob/survey/weekly-digest') } }
  }),
]

import { app as host } from '@azure/functions'
import { app } from '../shared/app/compose.ts'
import { supervisorCount, supervisorSchedule } from '../shared/config/supervisor-timers.ts'

// A host that restarts ends its workers by this and nothing else, and gives them five seconds: a window that is cut off
// without it holds its lock until the host's own time limit.
host.hook.appTerminate(() => app().endWindows())

// One function each, so that the platform gives each its own instances.
for (let number = 1; number <= supervisorCount(); number++) {
  const name = `supervisor-${number}`
  host.timer(name, {
    schedule: supervisorSchedule(),
    handler: (_timer, context) => app().supervise(name, context),
  })
}

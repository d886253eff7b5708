import { app as host } from '@azure/functions'
import { app } from '../shared/app.ts'
import { supervisorCount } from '../shared/config/supervisor-count.ts'

// One function each, so that the platform gives each its own instances. A run that outlasts its schedule is followed
// by the next at once, so windows stand back to back; ten seconds is the wait after a run that failed early.
for (let number = 1; number <= supervisorCount(); number++) {
  const name = `supervisor-${number}`
  host.timer(name, {
    schedule: '*/10 * * * * *',
    handler: (_timer, context) => app().supervise(name, context),
  })
}

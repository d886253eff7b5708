import { app } from '@azure/functions'
import { note, sleep } from '../journal.ts'

app.timer('supervisor-1', {
  schedule: '%TICK%',
  handler: async (timer, context) => {
    note({ name: 'supervisor-1', event: 'start', id: context.invocationId, isPastDue: timer.isPastDue })
    await sleep(Number(process.env.TICK_TAKES ?? '0'))
    note({ name: 'supervisor-1', event: 'end', id: context.invocationId })
  },
})

app.hook.appTerminate(() => note({ name: 'app', event: 'terminate' }))

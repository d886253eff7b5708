import { app as host } from '@azure/functions'
import { app } from '../shared/app/compose.ts'

host.timer('sweep', {
  schedule: '*/30 * * * * *',
  handler: (_timer, context) => app().sweep(context),
})

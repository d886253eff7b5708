import { app as host } from '@azure/functions'
import { app } from '../shared/app/compose.ts'

host.http('health', {
  methods: ['GET', 'HEAD'],
  authLevel: 'anonymous',
  route: 'health',
  handler: (_request, context) => app().health(context),
})

host.http('health-clusters', {
  methods: ['GET'],
  authLevel: 'function',
  route: 'health/clusters',
  handler: (_request, context) => app().clusterHealth(context),
})

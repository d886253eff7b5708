import type { Tool } from './define-tool.ts'
import { clustersList } from './tools/clusters-list.ts'
import { configurationContextsList } from './tools/configuration-contexts-list.ts'
import { eventsList } from './tools/events-list.ts'
import { eventsListSubscriptions } from './tools/events-list-subscriptions.ts'
import { eventsSubscribe } from './tools/events-subscribe.ts'
import { eventsUnsubscribe } from './tools/events-unsubscribe.ts'
import { namespacesList } from './tools/namespaces-list.ts'
import { podsGet } from './tools/pods-get.ts'
import { podsList } from './tools/pods-list.ts'
import { podsListInNamespace } from './tools/pods-list-in-namespace.ts'
import { podsLog } from './tools/pods-log.ts'
import { resourcesGet } from './tools/resources-get.ts'
import { resourcesList } from './tools/resources-list.ts'

export const allTools: readonly Tool[] = [
  clustersList,
  configurationContextsList,
  namespacesList,
  podsList,
  podsListInNamespace,
  podsGet,
  podsLog,
  resourcesList,
  resourcesGet,
  eventsList,
  eventsSubscribe,
  eventsUnsubscribe,
  eventsListSubscriptions,
]

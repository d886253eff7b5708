import type { Tool } from './define-tool.ts'
import { clustersCompare } from './tools/clusters-compare.ts'
import { clustersExecAll } from './tools/clusters-exec-all.ts'
import { clustersList } from './tools/clusters-list.ts'
import { clustersStatus } from './tools/clusters-status.ts'
import { clustersSwitch } from './tools/clusters-switch.ts'
import { configurationContextsList } from './tools/configuration-contexts-list.ts'
import { configurationView } from './tools/configuration-view.ts'
import { eventsList } from './tools/events-list.ts'
import { eventsListSubscriptions } from './tools/events-list-subscriptions.ts'
import { eventsSubscribe } from './tools/events-subscribe.ts'
import { eventsUnsubscribe } from './tools/events-unsubscribe.ts'
import { logsSearch } from './tools/logs-search.ts'
import { namespacesList } from './tools/namespaces-list.ts'
import { nodesLog } from './tools/nodes-log.ts'
import { nodesStatsSummary } from './tools/nodes-stats-summary.ts'
import { nodesTop } from './tools/nodes-top.ts'
import { podsGet } from './tools/pods-get.ts'
import { podsList } from './tools/pods-list.ts'
import { podsListInNamespace } from './tools/pods-list-in-namespace.ts'
import { podsLog } from './tools/pods-log.ts'
import { podsTop } from './tools/pods-top.ts'
import { resourcesGet } from './tools/resources-get.ts'
import { resourcesList } from './tools/resources-list.ts'
import { resourcesScale } from './tools/resources-scale.ts'
import { workloadDiagnose } from './tools/workload-diagnose.ts'

export const allTools: readonly Tool[] = [
  clustersList,
  clustersSwitch,
  clustersStatus,
  clustersExecAll,
  clustersCompare,
  configurationContextsList,
  configurationView,
  namespacesList,
  podsList,
  podsListInNamespace,
  podsGet,
  podsLog,
  podsTop,
  resourcesList,
  resourcesGet,
  resourcesScale,
  eventsList,
  nodesTop,
  nodesLog,
  nodesStatsSummary,
  workloadDiagnose,
  logsSearch,
  eventsSubscribe,
  eventsUnsubscribe,
  eventsListSubscriptions,
]

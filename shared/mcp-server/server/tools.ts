import type { Source } from '../sources/source.ts'
import { accessWhoCan } from '../tools/access-who-can.ts'
import { apiResources } from '../tools/api-resources.ts'
import { certificatesList } from '../tools/certificates-list.ts'
import { changesList } from '../tools/changes-list.ts'
import { clustersCompare } from '../tools/clusters-compare.ts'
import { clustersExecAll } from '../tools/clusters-exec-all.ts'
import { clustersList } from '../tools/clusters-list.ts'
import { clustersRefresh } from '../tools/clusters-refresh.ts'
import { clustersStatus } from '../tools/clusters-status.ts'
import { clustersSwitch } from '../tools/clusters-switch.ts'
import { configurationContextsList } from '../tools/configuration-contexts-list.ts'
import { configurationView } from '../tools/configuration-view.ts'
import { eventsList } from '../tools/events-list.ts'
import { eventsListSubscriptions } from '../tools/events-list-subscriptions.ts'
import { eventsSubscribe } from '../tools/events-subscribe.ts'
import { eventsUnsubscribe } from '../tools/events-unsubscribe.ts'
import { faultsList } from '../tools/faults-list.ts'
import { logsSearch } from '../tools/logs-search.ts'
import { namespacesList } from '../tools/namespaces-list.ts'
import { nodesLog } from '../tools/nodes-log.ts'
import { nodesStatsSummary } from '../tools/nodes-stats-summary.ts'
import { nodesTop } from '../tools/nodes-top.ts'
import { nskClustersDiscover } from '../tools/nsk-clusters-discover.ts'
import { nskRefresh } from '../tools/nsk-refresh.ts'
import { nskStatus } from '../tools/nsk-status.ts'
import { podsDelete } from '../tools/pods-delete.ts'
import { podsExec } from '../tools/pods-exec.ts'
import { podsGet } from '../tools/pods-get.ts'
import { podsList } from '../tools/pods-list.ts'
import { podsListInNamespace } from '../tools/pods-list-in-namespace.ts'
import { podsLog } from '../tools/pods-log.ts'
import { podsRun } from '../tools/pods-run.ts'
import { podsTop } from '../tools/pods-top.ts'
import { rancherListClusters } from '../tools/rancher-list-clusters.ts'
import { rancherStatus } from '../tools/rancher-status.ts'
import { resourcesCreateOrUpdate } from '../tools/resources-create-or-update.ts'
import { resourcesDelete } from '../tools/resources-delete.ts'
import { resourcesGet } from '../tools/resources-get.ts'
import { resourcesList } from '../tools/resources-list.ts'
import { resourcesScale, resourcesScaleTo } from '../tools/resources-scale.ts'
import { workloadDiagnose } from '../tools/workload-diagnose.ts'
import type { Tool } from './define-tool.ts'

/** Which of them are served, a choice says (select-tools.ts); the last ones change clusters. */
export const allTools: readonly Tool[] = [
  clustersList,
  clustersSwitch,
  clustersStatus,
  clustersRefresh,
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
  apiResources,
  accessWhoCan,
  eventsList,
  nodesTop,
  nodesLog,
  nodesStatsSummary,
  faultsList,
  changesList,
  certificatesList,
  workloadDiagnose,
  logsSearch,
  eventsSubscribe,
  eventsUnsubscribe,
  eventsListSubscriptions,
  rancherListClusters,
  rancherStatus,
  nskRefresh,
  nskStatus,
  nskClustersDiscover,
  podsRun,
  podsExec,
  podsDelete,
  resourcesCreateOrUpdate,
  resourcesDelete,
  resourcesScaleTo,
]

/** Tools of a source that is not there would only be read in vain. */
export const isServed = (tool: Tool, sources: readonly Pick<Source, 'kind'>[] | undefined): boolean => {
  if (tool.toolset === 'rancher' || tool.toolset === 'nsk')
    return sources?.some(({ kind }) => kind === tool.toolset) === true
  return tool !== clustersRefresh || sources !== undefined
}

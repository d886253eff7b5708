using './main.bicep'

import { flag, list, record, whole, word } from 'environment.bicep'

// Every parameter of main.bicep by a variable of the azd environment: `azd env set NIGHTCRIER_SUPERVISORS 3`. azd itself
// sets the first four. What nobody set keeps its default, which is what an empty text stands for, too.
param environmentName = word(readEnvironmentVariable('AZURE_ENV_NAME', ''), 'nightcrier')
param location = any(word(readEnvironmentVariable('AZURE_LOCATION', ''), 'westeurope'))
param operatorPrincipalId = word(readEnvironmentVariable('AZURE_PRINCIPAL_ID', ''), '')
param operatorPrincipalType = any(word(readEnvironmentVariable('AZURE_PRINCIPAL_TYPE', ''), 'User'))

param storageRedundancy = any(word(readEnvironmentVariable('NIGHTCRIER_STORAGE_REDUNDANCY', ''), ''))
param agentImage = word(readEnvironmentVariable('NIGHTCRIER_AGENT_IMAGE', ''), '')
param agentNetwork = any(word(readEnvironmentVariable('NIGHTCRIER_AGENT_NETWORK', ''), 'nat'))
param firewallAddress = word(readEnvironmentVariable('NIGHTCRIER_FIREWALL_ADDRESS', ''), '')
param clusterAddresses = list(readEnvironmentVariable('NIGHTCRIER_CLUSTER_ADDRESSES', ''))
param clusterPorts = empty(list(readEnvironmentVariable('NIGHTCRIER_CLUSTER_PORTS', '')))
  ? ['443', '6443']
  : list(readEnvironmentVariable('NIGHTCRIER_CLUSTER_PORTS', ''))
param modelAddresses = list(readEnvironmentVariable('NIGHTCRIER_MODEL_ADDRESSES', ''))
param aksClusters = list(readEnvironmentVariable('NIGHTCRIER_AKS_CLUSTERS', ''))
param agentDnsServers = list(readEnvironmentVariable('NIGHTCRIER_AGENT_DNS_SERVERS', ''))
param networkAddresses = word(readEnvironmentVariable('NIGHTCRIER_NETWORK_ADDRESSES', ''), '10.61.0.0/22')
param functionsInNetwork = flag(
  'NIGHTCRIER_FUNCTIONS_IN_NETWORK',
  readEnvironmentVariable('NIGHTCRIER_FUNCTIONS_IN_NETWORK', ''),
  false
)
param vnetEnabled = flag('NIGHTCRIER_VNET_ENABLED', readEnvironmentVariable('NIGHTCRIER_VNET_ENABLED', ''), false)
param instanceMemory = any(whole(
  'NIGHTCRIER_INSTANCE_MEMORY',
  readEnvironmentVariable('NIGHTCRIER_INSTANCE_MEMORY', ''),
  512
))
param supervisors = whole('NIGHTCRIER_SUPERVISORS', readEnvironmentVariable('NIGHTCRIER_SUPERVISORS', ''), 2)
param supervisorInstances = whole(
  'NIGHTCRIER_SUPERVISOR_INSTANCES',
  readEnvironmentVariable('NIGHTCRIER_SUPERVISOR_INSTANCES', ''),
  1
)
param maximumInstances = whole(
  'NIGHTCRIER_MAXIMUM_INSTANCES',
  readEnvironmentVariable('NIGHTCRIER_MAXIMUM_INSTANCES', ''),
  40
)
param updateStrategy = any(word(readEnvironmentVariable('NIGHTCRIER_UPDATE_STRATEGY', ''), 'Recreate'))
param linksThroughApp = flag(
  'NIGHTCRIER_LINKS_THROUGH_APP',
  readEnvironmentVariable('NIGHTCRIER_LINKS_THROUGH_APP', ''),
  false
)
param purgeProtection = flag(
  'NIGHTCRIER_PURGE_PROTECTION',
  readEnvironmentVariable('NIGHTCRIER_PURGE_PROTECTION', ''),
  true
)
param recoverVault = flag('NIGHTCRIER_RECOVER_VAULT', readEnvironmentVariable('NIGHTCRIER_RECOVER_VAULT', ''), false)
param assignRoles = flag('NIGHTCRIER_ASSIGN_ROLES', readEnvironmentVariable('NIGHTCRIER_ASSIGN_ROLES', ''), true)
param keepReportsDays = whole(
  'NIGHTCRIER_KEEP_REPORTS_DAYS',
  readEnvironmentVariable('NIGHTCRIER_KEEP_REPORTS_DAYS', ''),
  180
)
param keepBundlesDays = whole(
  'NIGHTCRIER_KEEP_BUNDLES_DAYS',
  readEnvironmentVariable('NIGHTCRIER_KEEP_BUNDLES_DAYS', ''),
  30
)
param keepDeadLettersDays = whole(
  'NIGHTCRIER_KEEP_DEAD_LETTERS_DAYS',
  readEnvironmentVariable('NIGHTCRIER_KEEP_DEAD_LETTERS_DAYS', ''),
  90
)
param keepLogsDays = whole('NIGHTCRIER_KEEP_LOGS_DAYS', readEnvironmentVariable('NIGHTCRIER_KEEP_LOGS_DAYS', ''), 30)
param logsDailyGb = whole('NIGHTCRIER_LOGS_DAILY_GB', readEnvironmentVariable('NIGHTCRIER_LOGS_DAILY_GB', ''), 1)
param alertEmails = list(readEnvironmentVariable('NIGHTCRIER_ALERT_EMAILS', ''))
param monthlyBudget = whole('NIGHTCRIER_MONTHLY_BUDGET', readEnvironmentVariable('NIGHTCRIER_MONTHLY_BUDGET', ''), 200)
param budgetStart = word(readEnvironmentVariable('NIGHTCRIER_BUDGET_START', ''), '')
param settings = record(readEnvironmentVariable('NIGHTCRIER_SETTINGS', ''))

using './main.bicep'

// An installation with all that can be chosen: kept for its snapshot, which shows what these choices make of it.
param environmentName = 'private'
param location = 'norwayeast'
param operatorPrincipalId = '00000000-0000-0000-0000-0000000000aa'
param operatorPrincipalType = 'Group'
param agentImage = 'ghcr.io/example/nightcrier-agent@sha256:0000000000000000000000000000000000000000000000000000000000000000'
param agentNetwork = 'firewall'
param firewallAddress = '10.0.0.4'
param clusterAddresses = ['20.50.1.2/32', '10.8.0.0/24']
param modelAddresses = ['160.79.104.0/23']
param agentDnsServers = ['10.0.0.5']
param vnetEnabled = true
param storageRedundancy = 'GZRS'
param supervisors = 3
param instanceMemory = 2048
param updateStrategy = 'RollingUpdate'
param linksThroughApp = true
param purgeProtection = false
param alertEmails = ['platform@example.com']
param budgetStart = '2026-01-01'
param aksClusters = [
  '/subscriptions/00000000-0000-0000-0000-0000000000c1/resourceGroups/rg-east/providers/Microsoft.ContainerService/managedClusters/east'
  '/subscriptions/00000000-0000-0000-0000-0000000000c2/resourceGroups/rg-west/providers/Microsoft.ContainerService/managedClusters/west'
]
param settings = {
  SLACK_WEBHOOK_URL: 'keyvault:slack'
  SUPERVISOR_WINDOW_SECONDS: '600'
}

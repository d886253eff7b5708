using './main.bicep'

// azd hands in the first three; the rest are yours. Every parameter is described in main.bicep.
param environmentName = readEnvironmentVariable('AZURE_ENV_NAME', 'nightcrier')
param location = readEnvironmentVariable('AZURE_LOCATION', 'westeurope')
param operatorPrincipalId = readEnvironmentVariable('AZURE_PRINCIPAL_ID', '')

param agentImage = readEnvironmentVariable('NIGHTCRIER_AGENT_IMAGE', '')
param clusterAddresses = empty(readEnvironmentVariable('NIGHTCRIER_CLUSTER_ADDRESSES', ''))
  ? []
  : split(readEnvironmentVariable('NIGHTCRIER_CLUSTER_ADDRESSES', ''), ',')
param modelAddresses = empty(readEnvironmentVariable('NIGHTCRIER_MODEL_ADDRESSES', ''))
  ? []
  : split(readEnvironmentVariable('NIGHTCRIER_MODEL_ADDRESSES', ''), ',')
param alertEmails = empty(readEnvironmentVariable('NIGHTCRIER_ALERT_EMAILS', ''))
  ? []
  : split(readEnvironmentVariable('NIGHTCRIER_ALERT_EMAILS', ''), ',')

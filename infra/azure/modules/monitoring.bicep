param location string
param tags object
param token string
param keepLogsDays int
param logsDailyGb int
param alertEmails string[]
param healthUrl string

var alerts = loadJsonContent('../../alerts.json')

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' = {
  name: 'log-${token}'
  location: location
  tags: tags
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: keepLogsDays
    workspaceCapping: { dailyQuotaGb: logsDailyGb }
    features: { disableLocalAuth: true }
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: 'appi-${token}'
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspace.id
    // Only an identity with a role may send.
    DisableLocalAuth: true
  }
}

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-${token}'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'nightcrier'
    enabled: true
    emailReceivers: [
      for (address, index) in alertEmails: { name: 'email-${index}', emailAddress: address, useCommonAlertSchema: true }
    ]
  }
}

resource logAlerts 'Microsoft.Insights/scheduledQueryRules@2026-03-01' = [
  for alert in alerts: {
    name: 'alert-${alert.name}-${token}'
    location: location
    tags: tags
    properties: {
      displayName: 'Nightcrier: ${alert.title}'
      description: alert.description
      enabled: true
      severity: alert.severity
      scopes: [alert.?scope == 'workspace' ? workspace.id : insights.id]
      evaluationFrequency: alert.every
      windowSize: alert.window
      autoMitigate: true
      skipQueryValidation: true
      criteria: {
        allOf: [
          {
            query: join(alert.query, '\n')
            timeAggregation: 'Count'
            operator: alert.operator
            threshold: alert.threshold
            failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
          }
        ]
      }
      actions: { actionGroups: [people.id] }
    }
  }
]

// Asked from outside: it also sees what no log of ours could tell, such as an app that does not start. Each question is
// paid for; the alert `silent` is the quicker one.
resource alive 'Microsoft.Insights/webtests@2022-06-15' = {
  name: 'alive-${token}'
  location: location
  tags: union(tags, { 'hidden-link:${insights.id}': 'Resource' })
  kind: 'standard'
  properties: {
    Name: 'Nightcrier is alive'
    SyntheticMonitorId: 'alive-${token}'
    Enabled: true
    Kind: 'standard'
    Frequency: 900
    Timeout: 60
    RetryEnabled: true
    Locations: [{ Id: 'emea-nl-ams-azr' }, { Id: 'us-va-ash-azr' }, { Id: 'apac-sg-sin-azr' }]
    Request: { RequestUrl: healthUrl, HttpVerb: 'GET', ParseDependentRequests: false, FollowRedirects: false }
    ValidationRules: { ExpectedHttpStatusCode: 200, SSLCheck: true, SSLCertRemainingLifetimeCheck: 7 }
  }
}

resource aliveAlert 'Microsoft.Insights/metricAlerts@2026-01-01' = {
  name: 'alert-alive-${token}'
  location: 'global'
  tags: tags
  properties: {
    description: 'Nightcrier does not answer, or no supervisor has a heartbeat: nobody hears the clusters.'
    enabled: true
    severity: 0
    scopes: [alive.id, insights.id]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT30M'
    autoMitigate: true
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.WebtestLocationAvailabilityCriteria'
      webTestId: alive.id
      componentId: insights.id
      failedLocationCount: 2
    }
    actions: [{ actionGroupId: people.id }]
  }
}

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(resourceGroup().id, 'nightcrier workbook')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: 'Nightcrier'
    category: 'workbook'
    sourceId: insights.id
    serializedData: loadTextContent('../../dashboards/workbook.json')
  }
}

output workspaceId string = workspace.id
output insightsName string = insights.name
output insightsConnection string = insights.properties.ConnectionString
output actionGroupId string = people.id

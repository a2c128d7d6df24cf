// Heapless on Azure: one function app on Flex Consumption, and what it needs. docs/deploy-azure.md explains each part;
// infra/azure/deploy.sh deploys it. main.json is the same as an ARM template; a test holds the two together.

@description('Begins the names of all resources.')
@minLength(3)
@maxLength(11)
param name string = 'heapless'

@description('Region of all resources.')
param location string = resourceGroup().location

@description('App ID URI (api://…) of the app registration for which callers of the HTTP functions ask tokens.')
param audience string

@description('HEAPLESS_* settings: sources, sinks and the rest of the configuration.')
@secure()
param settings object = {}

@description('When the tick runs: six fields, with seconds. HEAPLESS_METRIC_RESOLUTION must say the same interval.')
param schedule string = '0 * * * * *'

@description('Memory of an instance in MB.')
@allowed([
  512
  2048
  4096
])
param instanceMemory int = 2048

@description('Most instances at once; a shard of nodes takes one call of an instance.')
@minValue(40)
@maxValue(1000)
param maximumInstances int = 100

@description('Days that logs are kept.')
param logRetentionDays int = 30

@description('True = also makes an Azure Monitor workspace (managed Prometheus) and a way to write to it.')
param monitorWorkspace bool = false

@description('Id of the action group that alerts tell; empty = no alerts.')
param alertGroup string = ''

var suffix = uniqueString(resourceGroup().id, name)
var storageName = toLower('${take(replace(name, '-', ''), 11)}${suffix}')
var appName = '${name}-${suffix}'
var vaultName = '${take(name, 10)}-${suffix}'
var packageContainer = 'package'
var stateContainer = 'state'
var alerts = !empty(alertGroup)
// Built-in roles: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
var blobOwner = 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
var secretsUser = '4633458b-17de-408a-b874-0445c86b69e6'
var metricsPublisher = '3913510d-42f4-4e42-8a64-420c390055eb'

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: '${name}-identity'
  location: location
}

resource storage 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: storageName
  location: location
  kind: 'StorageV2'
  sku: {
    name: 'Standard_LRS'
  }
  properties: {
    allowBlobPublicAccess: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2023-05-01' = {
  parent: storage
  name: 'default'
}

resource packages 'Microsoft.Storage/storageAccounts/blobServices/containers@2023-05-01' = {
  parent: blobs
  name: packageContainer
}

resource state 'Microsoft.Storage/storageAccounts/blobServices/containers@2023-05-01' = {
  parent: blobs
  name: stateContainer
}

resource forgetting 'Microsoft.Storage/storageAccounts/managementPolicies@2023-05-01' = {
  parent: storage
  name: 'default'
  properties: {
    policy: {
      rules: [
        {
          name: 'forget'
          type: 'Lifecycle'
          enabled: true
          definition: {
            filters: {
              blobTypes: [
                'blockBlob'
              ]
              prefixMatch: [
                'state/'
              ]
            }
            actions: {
              baseBlob: {
                delete: {
                  daysAfterModificationGreaterThan: 15
                }
              }
            }
          }
        }
      ]
    }
  }
}

resource logs 'Microsoft.OperationalInsights/workspaces@2023-09-01' = {
  name: '${name}-logs'
  location: location
  properties: {
    retentionInDays: logRetentionDays
    sku: {
      name: 'PerGB2018'
    }
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: '${name}-insights'
  location: location
  kind: 'web'
  properties: {
    Application_Type: 'web'
    DisableLocalAuth: true
    WorkspaceResourceId: logs.id
  }
}

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: vaultName
  location: location
  properties: {
    enableRbacAuthorization: true
    enableSoftDelete: true
    sku: {
      family: 'A'
      name: 'standard'
    }
    tenantId: subscription().tenantId
  }
}

resource plan 'Microsoft.Web/serverfarms@2024-04-01' = {
  name: '${name}-plan'
  location: location
  kind: 'functionapp'
  sku: {
    name: 'FC1'
    tier: 'FlexConsumption'
  }
  properties: {
    reserved: true
  }
}

resource app 'Microsoft.Web/sites@2024-04-01' = {
  name: appName
  location: location
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identity.id}': {}
    }
  }
  properties: {
    clientAffinityEnabled: false
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${storage.properties.primaryEndpoints.blob}${packageContainer}'
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identity.id
          }
        }
      }
      runtime: {
        name: 'node'
        version: '24'
      }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemory
        maximumInstanceCount: maximumInstances
        triggers: {
          http: {
            perInstanceConcurrency: 2
          }
        }
      }
    }
    httpsOnly: true
    serverFarmId: plan.id
    siteConfig: {
      ftpsState: 'Disabled'
      http20Enabled: true
      minTlsVersion: '1.2'
    }
  }
  dependsOn: [
    hostStorage
    packages
  ]
}

resource noFtp 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-04-01' = {
  parent: app
  name: 'ftp'
  properties: {
    allow: false
  }
}

resource noPasswords 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-04-01' = {
  parent: app
  name: 'scm'
  properties: {
    allow: false
  }
}

resource appSettings 'Microsoft.Web/sites/config@2024-04-01' = {
  parent: app
  name: 'appsettings'
  properties: union(settings, {
    APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'Authorization=AAD;ClientId=${identity.properties.clientId}'
    APPLICATIONINSIGHTS_CONNECTION_STRING: insights.properties.ConnectionString
    AZURE_CLIENT_ID: identity.properties.clientId
    AzureWebJobsStorage__accountName: storage.name
    AzureWebJobsStorage__clientId: identity.properties.clientId
    AzureWebJobsStorage__credential: 'managedidentity'
    HEAPLESS_AZURE_AUDIENCE: audience
    HEAPLESS_AZURE_CALLERS: identity.properties.principalId
    HEAPLESS_AZURE_KEY_VAULT: vault.properties.vaultUri
    HEAPLESS_AZURE_SCHEDULE: schedule
    HEAPLESS_AZURE_TENANT: subscription().tenantId
    HEAPLESS_AZURE_URL: 'https://${app.properties.defaultHostName}'
    HEAPLESS_STATE: 'azblob://${storage.name}/${stateContainer}/heapless'
  })
}

// The host keeps the timer's lock and schedule, its keys and the package in this account; the state is in it too.
resource hostStorage 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(storage.id, identity.id, blobOwner)
  scope: storage
  properties: {
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', blobOwner)
  }
}

resource readSecrets 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, identity.id, secretsUser)
  scope: vault
  properties: {
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', secretsUser)
  }
}

resource writeTelemetry 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(insights.id, identity.id, metricsPublisher)
  scope: insights
  properties: {
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', metricsPublisher)
  }
}

resource failedTicks 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = if (alerts) {
  name: '${name}-failed-ticks'
  location: location
  kind: 'LogAlert'
  properties: {
    actions: {
      actionGroups: [
        alertGroup
      ]
    }
    autoMitigate: true
    criteria: {
      allOf: [
        {
          failingPeriods: {
            minFailingPeriodsToAlert: 1
            numberOfEvaluationPeriods: 1
          }
          operator: 'GreaterThanOrEqual'
          query: 'AppTraces | where Message has "function_failed" and OperationName == "tick"'
          threshold: 3
          timeAggregation: 'Count'
        }
      ]
    }
    description: 'Three minutes of five are lost: the log says function_failed, and why.'
    enabled: true
    evaluationFrequency: 'PT5M'
    scopes: [
      logs.id
    ]
    severity: 1
    windowSize: 'PT5M'
  }
}

resource missingTicks 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = if (alerts) {
  name: '${name}-missing-ticks'
  location: location
  kind: 'LogAlert'
  properties: {
    actions: {
      actionGroups: [
        alertGroup
      ]
    }
    autoMitigate: true
    criteria: {
      allOf: [
        {
          failingPeriods: {
            minFailingPeriodsToAlert: 1
            numberOfEvaluationPeriods: 1
          }
          operator: 'LessThan'
          query: 'AppTraces | where parse_json(Message).event == "tick"'
          threshold: 1
          timeAggregation: 'Count'
        }
      ]
    }
    description: 'No tick has reported for ten minutes.'
    enabled: true
    evaluationFrequency: 'PT5M'
    scopes: [
      logs.id
    ]
    severity: 1
    windowSize: 'PT10M'
  }
}

resource lostPoints 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = if (alerts) {
  name: '${name}-lost-points'
  location: location
  kind: 'LogAlert'
  properties: {
    actions: {
      actionGroups: [
        alertGroup
      ]
    }
    autoMitigate: true
    criteria: {
      allOf: [
        {
          failingPeriods: {
            minFailingPeriodsToAlert: 1
            numberOfEvaluationPeriods: 1
          }
          operator: 'GreaterThanOrEqual'
          query: 'AppTraces | extend line = parse_json(Message) | where line.event == "tick" | mv-expand sink = line.report.sinks | where toint(sink.dropped) + toint(sink.rejected) + coalesce(toint(sink.backlog.rejected), 0) + coalesce(toint(sink.backlog.expired), 0) > 0 | distinct OperationId'
          threshold: 2
          timeAggregation: 'Count'
        }
      ]
    }
    description: 'Points were rejected, dropped or given up in two ticks of five minutes.'
    enabled: true
    evaluationFrequency: 'PT5M'
    scopes: [
      logs.id
    ]
    severity: 1
    windowSize: 'PT5M'
  }
}

resource nodesDown 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = if (alerts) {
  name: '${name}-nodes-down'
  location: location
  kind: 'LogAlert'
  properties: {
    actions: {
      actionGroups: [
        alertGroup
      ]
    }
    autoMitigate: true
    criteria: {
      allOf: [
        {
          failingPeriods: {
            minFailingPeriodsToAlert: 1
            numberOfEvaluationPeriods: 1
          }
          operator: 'GreaterThanOrEqual'
          query: 'AppTraces | extend line = parse_json(Message) | where line.event == "tick" and toint(line.report.nodes.failed) + toint(line.report.nodes.late) > 0'
          threshold: 3
          timeAggregation: 'Count'
        }
      ]
    }
    description: 'A node did not answer in three ticks of five minutes.'
    enabled: true
    evaluationFrequency: 'PT5M'
    scopes: [
      logs.id
    ]
    severity: 1
    windowSize: 'PT5M'
  }
}

resource waitingPoints 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = if (alerts) {
  name: '${name}-waiting-points'
  location: location
  kind: 'LogAlert'
  properties: {
    actions: {
      actionGroups: [
        alertGroup
      ]
    }
    autoMitigate: true
    criteria: {
      allOf: [
        {
          failingPeriods: {
            minFailingPeriodsToAlert: 1
            numberOfEvaluationPeriods: 1
          }
          operator: 'GreaterThanOrEqual'
          query: 'AppTraces | extend line = parse_json(Message) | where line.event == "tick" | mv-expand sink = line.report.sinks | where toint(sink.backlog.waiting) > 0 | distinct OperationId'
          threshold: 14
          timeAggregation: 'Count'
        }
      ]
    }
    description: 'In 15 minutes no tick was without points that wait for a backend: it is away or too slow.'
    enabled: true
    evaluationFrequency: 'PT5M'
    scopes: [
      logs.id
    ]
    severity: 2
    windowSize: 'PT15M'
  }
}

resource workspace 'Microsoft.Monitor/accounts@2023-04-03' = if (monitorWorkspace) {
  name: '${name}-metrics'
  location: location
}

resource endpoint 'Microsoft.Insights/dataCollectionEndpoints@2023-03-11' = if (monitorWorkspace) {
  name: '${name}-endpoint'
  location: location
  properties: {
    networkAcls: {
      publicNetworkAccess: 'Enabled'
    }
  }
}

resource rule 'Microsoft.Insights/dataCollectionRules@2023-03-11' = if (monitorWorkspace) {
  name: '${name}-rule'
  location: location
  properties: {
    dataCollectionEndpointId: endpoint.id
    dataFlows: [
      {
        destinations: [
          'workspace'
        ]
        streams: [
          'Microsoft-PrometheusMetrics'
        ]
      }
    ]
    dataSources: {
      prometheusForwarder: [
        {
          labelIncludeFilter: {}
          name: 'prometheus'
          streams: [
            'Microsoft-PrometheusMetrics'
          ]
        }
      ]
    }
    destinations: {
      monitoringAccounts: [
        {
          accountResourceId: workspace.id
          name: 'workspace'
        }
      ]
    }
  }
}

resource writeMetrics 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (monitorWorkspace) {
  name: guid(rule.id, identity.id, metricsPublisher)
  scope: rule
  properties: {
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', metricsPublisher)
  }
}

output app string = app.name
output url string = 'https://${app.properties.defaultHostName}'
output vault string = vault.name
output storage string = storage.name
output clientId string = identity.properties.clientId
output principalId string = identity.properties.principalId
output remoteWrite string = monitorWorkspace ? '${endpoint!.properties.metricsIngestion.endpoint}/dataCollectionRules/${rule!.properties.immutableId}/streams/Microsoft-PrometheusMetrics/api/v1/write?api-version=2023-04-24' : ''

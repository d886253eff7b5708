resource "azurerm_user_assigned_identity" "functions" {
  name                = "id-functions-${local.token}"
  resource_group_name = azurerm_resource_group.main.name
  location            = var.location
  tags                = local.tags
}

resource "azurerm_service_plan" "plan" {
  name                = "plan-${local.token}"
  resource_group_name = azurerm_resource_group.main.name
  location            = var.location
  tags                = local.tags
  os_type             = "Linux"
  sku_name            = "FC1"
}

# azapi: always-ready instances by function and Node 24 are newer than what azurerm knows of this plan.
resource "azapi_resource" "site" {
  type      = "Microsoft.Web/sites@2025-03-01"
  parent_id = azurerm_resource_group.main.id
  name      = "func-${local.token}"
  location  = var.location
  tags      = merge(local.tags, { azd-service-name = "functions" })

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.functions.id]
  }

  body = {
    kind = "functionapp,linux"
    properties = {
      serverFarmId              = azurerm_service_plan.plan.id
      httpsOnly                 = true
      keyVaultReferenceIdentity = azurerm_user_assigned_identity.functions.id
      virtualNetworkSubnetId    = local.functions_subnet ? azurerm_subnet.functions[0].id : null
      siteConfig = {
        minTlsVersion    = "1.2"
        scmMinTlsVersion = "1.2"
        http20Enabled    = true
      }
      functionAppConfig = merge(var.update_strategy == "Recreate" ? {} : { siteUpdateStrategy = { type = var.update_strategy } }, {
        runtime = { name = "node", version = "24" }
        deployment = {
          storage = {
            type  = "blobContainer"
            value = "${azurerm_storage_account.storage.primary_blob_endpoint}deployments"
            authentication = {
              type                           = "UserAssignedIdentity"
              userAssignedIdentityResourceId = azurerm_user_assigned_identity.functions.id
            }
          }
        }
        scaleAndConcurrency = {
          instanceMemoryMB     = var.instance_memory
          maximumInstanceCount = var.maximum_instances
          alwaysReady          = module.plan.always_ready
        }
      })
    }
  }

  response_export_values = ["properties.defaultHostName"]
  # The host looks for its storage as it starts.
  depends_on = [azurerm_storage_container.containers, azurerm_private_endpoint.private]
}

# Code comes from the deployment container and by nobody's password.
resource "azapi_update_resource" "no_passwords" {
  for_each    = toset(["ftp", "scm"])
  type        = "Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01"
  resource_id = "${azapi_resource.site.id}/basicPublishingCredentialsPolicies/${each.key}"
  body        = { properties = { allow = false } }
}

locals {
  # What follows from the other resources. Everything else keeps its default unless it is in `settings`.
  wired = {
    AzureWebJobsStorage__blobServiceUri       = azurerm_storage_account.storage.primary_blob_endpoint
    AzureWebJobsStorage__queueServiceUri      = azurerm_storage_account.storage.primary_queue_endpoint
    AzureWebJobsStorage__tableServiceUri      = azurerm_storage_account.storage.primary_table_endpoint
    AzureWebJobsStorage__credential           = "managedidentity"
    AzureWebJobsStorage__clientId             = azurerm_user_assigned_identity.functions.client_id
    APPLICATIONINSIGHTS_CONNECTION_STRING     = azurerm_application_insights.insights.connection_string
    APPLICATIONINSIGHTS_AUTHENTICATION_STRING = "ClientId=${azurerm_user_assigned_identity.functions.client_id};Authorization=AAD"
    KEY_VAULT_URL                             = azurerm_key_vault.vault.vault_uri
    AZURE_SUBSCRIPTION_ID                     = data.azurerm_client_config.current.subscription_id
    AGENT_RESOURCE_GROUP                      = azurerm_resource_group.agents.name
    AGENT_LOCATION                            = var.location
    AGENT_IMAGE                               = var.agent_image
    AGENT_SUBNET_ID                           = var.agent_network == "none" ? "" : azurerm_subnet.agents[0].id
    AGENT_REGISTRY_IDENTITY                   = module.plan.pulls_from_registry ? azurerm_user_assigned_identity.pull.id : ""
    SUPERVISORS                               = tostring(var.supervisors)
    # A month more: while a report is there its incident is known.
    INCIDENT_KEEP_DAYS = tostring(var.keep_reports_days + 30)
    AGENT_DNS_SERVERS  = join(",", var.agent_dns_servers)
    # A run that hangs, or a window whose worker was lost, holds its lock until this ends it: little more than the window.
    AzureFunctionsJobHost__functionTimeout = module.plan.function_timeout
    # Nothing of ours is longer than a quarter of it; the host would take in 100 MB before anybody is asked.
    FUNCTIONS_REQUEST_BODY_SIZE_LIMIT = "1048576"
    AzureWebJobsDisableHomepage       = "true"
    # Memory before speed: why these is told in infra/local/host/worker-life.ts.
    languageWorkers__node__arguments = "--max-semi-space-size=8 --heap-growing-percent=10"
    MALLOC_TRIM_THRESHOLD_           = "131072"
  }
}

locals {
  links = var.links_through_app ? { REPORT_BASE_URL = "https://${azapi_resource.site.output.properties.defaultHostName}" } : {}
}

resource "azapi_resource_action" "app_settings" {
  type        = "Microsoft.Web/sites/config@2025-03-01"
  resource_id = "${azapi_resource.site.id}/config/appsettings"
  method      = "PUT"
  body        = { properties = merge(local.wired, local.links, module.plan.settings) }
}

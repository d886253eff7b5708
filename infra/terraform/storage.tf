resource "azurerm_storage_account" "storage" {
  name                     = "st${local.token}"
  resource_group_name      = azurerm_resource_group.main.name
  location                 = var.location
  tags                     = local.tags
  account_kind             = "StorageV2"
  account_tier             = "Standard"
  account_replication_type = module.plan.redundancy
  access_tier              = "Hot"

  # Identities only. Links to reports and for uploads are signed with keys that the service gives an identity.
  shared_access_key_enabled        = false
  allow_nested_items_to_be_public  = false
  default_to_oauth_authentication  = true
  cross_tenant_replication_enabled = false
  min_tls_version                  = "TLS1_2"
  https_traffic_only_enabled       = true
  # Readers follow their short links from anywhere, unless all of it is private.
  public_network_access_enabled = !var.vnet_enabled

  network_rules {
    default_action = var.vnet_enabled ? "Deny" : "Allow"
    bypass         = var.vnet_enabled ? ["None"] : ["AzureServices"]
  }

  sas_policy {
    expiration_period = "7.00:00:00"
    expiration_action = "Log"
  }

  blob_properties {
    delete_retention_policy {
      days = 7
    }
    container_delete_retention_policy {
      days = 7
    }
  }
}

resource "azurerm_storage_container" "containers" {
  for_each              = toset(module.plan.containers)
  name                  = each.key
  storage_account_id    = azurerm_storage_account.storage.id
  container_access_type = "private"
}

# Through the resource manager: the data plane would need a role that takes minutes to arrive.
resource "azapi_resource" "queues" {
  for_each  = toset(module.plan.queues)
  type      = "Microsoft.Storage/storageAccounts/queueServices/queues@2025-08-01"
  parent_id = "${azurerm_storage_account.storage.id}/queueServices/default"
  name      = each.key
  body      = { properties = {} }
}

resource "azapi_resource" "tables" {
  for_each  = toset(module.plan.tables)
  type      = "Microsoft.Storage/storageAccounts/tableServices/tables@2025-08-01"
  parent_id = "${azurerm_storage_account.storage.id}/tableServices/default"
  name      = each.key
  body      = { properties = {} }
}

# The container config is in no rule: clusters.yaml stays.
resource "azurerm_storage_management_policy" "lifecycle" {
  storage_account_id = azurerm_storage_account.storage.id

  dynamic "rule" {
    for_each = {
      "incidents"    = var.keep_reports_days
      "bundles"      = var.keep_bundles_days
      "dead-letters" = var.keep_dead_letters_days
    }
    content {
      name    = "remove-old-${rule.key}"
      enabled = true
      filters {
        blob_types   = ["blockBlob"]
        prefix_match = ["${rule.key}/"]
      }
      actions {
        base_blob {
          delete_after_days_since_modification_greater_than = rule.value
        }
      }
    }
  }
}

resource "azurerm_key_vault" "vault" {
  name                = "kv-${local.token}"
  resource_group_name = azurerm_resource_group.main.name
  location            = var.location
  tags                = local.tags
  tenant_id           = data.azurerm_client_config.current.tenant_id
  sku_name            = "standard"

  # Who may read is said in access.tf, nowhere else.
  rbac_authorization_enabled      = true
  enabled_for_deployment          = false
  enabled_for_disk_encryption     = false
  enabled_for_template_deployment = false
  soft_delete_retention_days      = 90
  # The provider brings a removed vault of this name back by itself.
  purge_protection_enabled      = var.purge_protection
  public_network_access_enabled = !var.vnet_enabled

  network_acls {
    default_action = var.vnet_enabled ? "Deny" : "Allow"
    bypass         = "None"
  }
}

# Who read which kubeconfig, and when.
resource "azurerm_monitor_diagnostic_setting" "audit" {
  name                       = "audit"
  target_resource_id         = azurerm_key_vault.vault.id
  log_analytics_workspace_id = azurerm_log_analytics_workspace.workspace.id

  enabled_log {
    category_group = "audit"
  }
}

# Storage and vault by addresses of the network alone: an endpoint for each service, and the names that lead there.
locals {
  private = {
    blob  = { target = azurerm_storage_account.storage.id, zone = "privatelink.blob.core.windows.net" }
    queue = { target = azurerm_storage_account.storage.id, zone = "privatelink.queue.core.windows.net" }
    table = { target = azurerm_storage_account.storage.id, zone = "privatelink.table.core.windows.net" }
    vault = { target = azurerm_key_vault.vault.id, zone = "privatelink.vaultcore.azure.net" }
  }
}

resource "azurerm_subnet" "private" {
  count                           = var.vnet_enabled ? 1 : 0
  name                            = "private"
  resource_group_name             = azurerm_resource_group.main.name
  virtual_network_name            = azurerm_virtual_network.network[0].name
  address_prefixes                = [local.subnets[2]]
  default_outbound_access_enabled = false
}

resource "azurerm_private_dns_zone" "private" {
  for_each            = var.vnet_enabled ? local.private : {}
  name                = each.value.zone
  resource_group_name = azurerm_resource_group.main.name
  tags                = local.tags
}

resource "azurerm_private_dns_zone_virtual_network_link" "private" {
  for_each              = var.vnet_enabled ? local.private : {}
  name                  = "link-${local.token}"
  resource_group_name   = azurerm_resource_group.main.name
  private_dns_zone_name = azurerm_private_dns_zone.private[each.key].name
  virtual_network_id    = azurerm_virtual_network.network[0].id
  tags                  = local.tags
}

resource "azurerm_private_endpoint" "private" {
  for_each            = var.vnet_enabled ? local.private : {}
  name                = "pe-${each.key}-${local.token}"
  resource_group_name = azurerm_resource_group.main.name
  location            = var.location
  subnet_id           = azurerm_subnet.private[0].id
  tags                = local.tags

  private_service_connection {
    name                           = each.key
    private_connection_resource_id = each.value.target
    subresource_names              = [each.key]
    is_manual_connection           = false
  }

  private_dns_zone_group {
    name                 = "default"
    private_dns_zone_ids = [azurerm_private_dns_zone.private[each.key].id]
  }
}

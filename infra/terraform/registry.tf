resource "azurerm_container_registry" "registry" {
  name                   = "cr${local.token}"
  resource_group_name    = azurerm_resource_group.main.name
  location               = var.location
  tags                   = local.tags
  sku                    = "Basic"
  admin_enabled          = false
  anonymous_pull_enabled = false
}

# May pull images and nothing else. A container group carries it until its image is there; code inside can use it to
# ask for the same images again.
resource "azurerm_user_assigned_identity" "pull" {
  name                = "id-pull-${local.token}"
  resource_group_name = azurerm_resource_group.main.name
  location            = var.location
  tags                = local.tags
}

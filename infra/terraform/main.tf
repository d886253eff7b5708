locals {
  product          = jsondecode(file("${path.module}/../product.json"))
  alerts           = jsondecode(file("${path.module}/../alerts.json"))
  tags             = { application = "nightcrier" }
  token            = module.plan.token
  functions_subnet = var.functions_in_network || var.vnet_enabled
  network          = var.agent_network != "none" || local.functions_subnet
  # Subnets have no way out by default: those that need one have it by this gateway, or through the firewall.
  nat = var.agent_network == "nat" || (local.functions_subnet && var.agent_network != "firewall")
}

module "plan" {
  source               = "./modules/plan"
  subscription_id      = data.azurerm_client_config.current.subscription_id
  environment_name     = var.environment_name
  location             = var.location
  product              = local.product
  settings             = var.settings
  supervisors          = var.supervisors
  supervisor_instances = var.supervisor_instances
  agent_network        = var.agent_network
  firewall_address     = var.firewall_address
  cluster_addresses    = var.cluster_addresses
  cluster_ports        = var.cluster_ports
  model_addresses      = var.model_addresses
  agent_dns_servers    = var.agent_dns_servers
  private_addresses    = var.vnet_enabled ? local.subnets[2] : ""
  storage_redundancy   = var.storage_redundancy
  agent_image          = var.agent_image
  registry_server      = azurerm_container_registry.registry.login_server
}

resource "azurerm_resource_group" "main" {
  name     = "rg-${var.environment_name}"
  location = var.location
  # As azd does it: this tag is on one group alone.
  tags = merge(local.tags, { azd-env-name = var.environment_name })
}

# Agents live in a group of their own: the right to make them reaches nothing else.
resource "azurerm_resource_group" "agents" {
  name     = "rg-${var.environment_name}-agents"
  location = var.location
  tags     = local.tags
}

output "resource_group" { value = azurerm_resource_group.main.name }
output "function_app" { value = azapi_resource.site.name }
output "url" { value = "https://${azapi_resource.site.output.properties.defaultHostName}" }
output "vault" { value = azurerm_key_vault.vault.name }
output "storage" { value = azurerm_storage_account.storage.name }
output "principal_id" { value = azurerm_user_assigned_identity.functions.principal_id }
output "registry" { value = azurerm_container_registry.registry.login_server }
output "agents_group" { value = azurerm_resource_group.agents.name }
output "budget_start" { value = one(terraform_data.budget_start[*].output) }
output "agents_address" { value = one(azurerm_public_ip.outbound[*].ip_address) }

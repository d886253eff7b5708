# What can be worked out without Azure: names, settings, network rules. Tested by `terraform test` in this folder.

terraform {
  required_version = ">= 1.9"
}

variable "subscription_id" { type = string }
variable "environment_name" { type = string }
variable "location" { type = string }
variable "product" {
  description = "infra/product.json: the names that the product itself uses."
  type = object({
    containers = list(string)
    queues     = list(string)
    tables     = list(string)
    settings   = object({ wired = list(string), free = list(string), local = list(string) })
  })
}
variable "settings" {
  type = map(string)
  validation {
    condition     = alltrue([for name in keys(var.settings) : contains(var.product.settings.free, name)])
    error_message = "settings may hold only names of docs/settings.md that the templates do not set themselves; not: ${join(", ", [for name in keys(var.settings) : name if !contains(var.product.settings.free, name)])}."
  }
}
variable "supervisors" { type = number }
variable "supervisor_instances" { type = number }
variable "agent_network" { type = string }
variable "firewall_address" {
  type = string
  validation {
    condition     = var.agent_network != "firewall" || can(regex("^[0-9.]+$", var.firewall_address))
    error_message = "firewall_address is required with agent_network firewall."
  }
}
variable "cluster_addresses" {
  type = list(string)
  validation {
    condition     = length(var.cluster_addresses) <= 1000
    error_message = "cluster_addresses takes 1,000 at most: a rule each is what a network security group holds."
  }
}
variable "cluster_ports" { type = list(string) }
variable "model_addresses" { type = list(string) }
variable "agent_dns_servers" { type = list(string) }
variable "private_addresses" {
  description = "Of the private endpoints; empty: storage is reached at its public address."
  type        = string
}
variable "storage_redundancy" { type = string }
variable "agent_image" { type = string }
variable "registry_server" { type = string }

locals {
  token = substr(sha256("${var.subscription_id}/${var.environment_name}/${var.location}"), 0, 13)

  allowed = { access = "Allow", direction = "Outbound", protocol = "Tcp" }
  to_clusters = [for index, address in var.cluster_addresses : merge(local.allowed, {
    name = "to-cluster-${index}", priority = 100 + index, address = address, ports = var.cluster_ports
  })]
  to_model = [for index, address in var.model_addresses : merge(local.allowed, {
    name = "to-model-${index}", priority = 2000 + index, address = address, ports = ["443"]
  })]
  # A name server that Azure does not run is an address like any other.
  to_names = [for index, address in var.agent_dns_servers : merge(local.allowed, {
    name = "to-names-${index}", priority = 2900 + index, protocol = "*", address = address, ports = ["53"]
  })]
  # Of all regions: the tag of one region is spelled in a way of its own where the region's name is long.
  to_storage = var.private_addresses == "" ? "Storage" : var.private_addresses
  always = [
    merge(local.allowed, { name = "to-storage", priority = 3000, address = local.to_storage, ports = ["443"] }),
    { name = "nothing-else-out", access = "Deny", direction = "Outbound", protocol = "*", priority = 4096, address = "*", ports = ["*"] },
    { name = "nothing-in", access = "Deny", direction = "Inbound", protocol = "*", priority = 4096, address = "*", ports = ["*"] },
  ]

  window  = tonumber(lookup(var.settings, "SUPERVISOR_WINDOW_SECONDS", "280"))
  timeout = local.window + 120

  zoned = [
    "australiaeast",
    "brazilsouth",
    "canadacentral",
    "centralindia",
    "centralus",
    "eastasia",
    "eastus",
    "eastus2",
    "francecentral",
    "germanywestcentral",
    "italynorth",
    "japaneast",
    "koreacentral",
    "northeurope",
    "norwayeast",
    "southafricanorth",
    "southcentralus",
    "southeastasia",
    "spaincentral",
    "swedencentral",
    "uaenorth",
    "uksouth",
    "westeurope",
    "westus2",
    "westus3",
  ]
}

output "token" { value = local.token }
output "containers" { value = concat(var.product.containers, ["deployments"]) }
output "queues" { value = var.product.queues }
output "tables" { value = var.product.tables }

# A minute's wait for an instance is a minute in which nobody hears a cluster.
output "always_ready" {
  value = [for number in range(1, var.supervisors + 1) : {
    name          = "function:supervisor-${number}"
    instanceCount = var.supervisor_instances
  } if var.supervisor_instances > 0]
}

# Priorities leave room for 1,000 clusters before the model's, and the refusal comes last.
output "rules" { value = concat(local.to_clusters, local.to_model, local.to_names, local.always) }

# Only an image of our own registry needs an identity to be pulled.
output "pulls_from_registry" { value = startswith(var.agent_image, var.registry_server) }
output "settings" { value = var.settings }
output "redundancy" {
  value = var.storage_redundancy != "" ? var.storage_redundancy : contains(local.zoned, var.location) ? "ZRS" : "LRS"
}

# Little more than the longest window, as hh:mm:ss.
output "function_timeout" {
  value = format("%02d:%02d:%02d", floor(local.timeout / 3600), floor(local.timeout % 3600 / 60), local.timeout % 60)
}

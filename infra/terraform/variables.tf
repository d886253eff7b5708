# The same parameters as infra/azure/main.bicep, with the same defaults; snake_case here, camelCase there.

variable "environment_name" {
  description = "Name of this installation: names and tags of all resources derive from it."
  type        = string
  validation {
    condition     = can(regex("^[A-Za-z0-9-]{1,32}$", var.environment_name))
    error_message = "environment_name must be 1 to 32 letters, digits and dashes."
  }
}

variable "location" {
  description = "Region of everything: one of those that offer Flex Consumption."
  type        = string
  validation {
    condition = contains([
      "australiaeast",
      "australiasoutheast",
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
      "northcentralus",
      "northeurope",
      "norwayeast",
      "southafricanorth",
      "southcentralus",
      "southeastasia",
      "southindia",
      "spaincentral",
      "swedencentral",
      "uaenorth",
      "uksouth",
      "ukwest",
      "westcentralus",
      "westeurope",
      "westus",
      "westus2",
      "westus3",
    ], var.location)
    error_message = "location must be the short name of a region that offers Flex Consumption, such as westeurope."
  }
}

variable "storage_redundancy" {
  description = "Copies of what is stored: ZRS (in three zones), LRS (in one), GRS and GZRS (also in another region); empty: ZRS where the region is known to have zones, else LRS."
  type        = string
  default     = ""
  validation {
    condition     = contains(["", "LRS", "ZRS", "GRS", "GZRS"], var.storage_redundancy)
    error_message = "storage_redundancy must be LRS, ZRS, GRS, GZRS or empty."
  }
}

variable "operator_principal_id" {
  description = "Who puts kubeconfigs into the vault and clusters.yaml into storage; empty: nobody is given these rights."
  type        = string
  default     = ""
}

variable "operator_principal_type" {
  description = "Kind of that principal."
  type        = string
  default     = "User"
  validation {
    condition     = contains(["User", "Group", "ServicePrincipal"], var.operator_principal_type)
    error_message = "operator_principal_type must be User, Group or ServicePrincipal."
  }
}

variable "instance_memory" {
  description = "Memory of each instance in MB. 512 holds some 1,000 clusters in each supervisor."
  type        = number
  default     = 512
  validation {
    condition     = contains([512, 2048, 4096], var.instance_memory)
    error_message = "instance_memory must be 512, 2048 or 4096."
  }
}

variable "supervisors" {
  description = "Supervisors that share the clusters: one function each."
  type        = number
  default     = 2
  validation {
    condition     = var.supervisors >= 1 && var.supervisors <= 40
    error_message = "supervisors must be 1 to 40."
  }
}

variable "supervisor_instances" {
  description = "Always-ready instances of each supervisor. 0 is cheaper, but a timer that sleeps hears nothing."
  type        = number
  default     = 1
  validation {
    condition     = contains([0, 1], var.supervisor_instances)
    error_message = "supervisor_instances must be 0 or 1."
  }
}

variable "maximum_instances" {
  description = "Most instances of any one function. 40 is the least that the platform takes."
  type        = number
  default     = 40
  validation {
    condition     = var.maximum_instances >= 40 && var.maximum_instances <= 1000
    error_message = "maximum_instances must be 40 to 1000."
  }
}

variable "agent_image" {
  description = "Image of the agents with its digest, such as <registry>/nightcrier-agent@sha256:…; empty: no agent is started."
  type        = string
  default     = ""
}

variable "agent_network" {
  description = "How agents reach clusters: nat (a network of their own with a fixed address), firewall (the same through your firewall), none (no network, nothing is filtered)."
  type        = string
  default     = "nat"
  validation {
    condition     = contains(["nat", "firewall", "none"], var.agent_network)
    error_message = "agent_network must be nat, firewall or none."
  }
}

variable "firewall_address" {
  description = "Private address of your firewall, for agent_network firewall. It must let through what the agents need by name."
  type        = string
  default     = ""
}

variable "cluster_addresses" {
  description = "Addresses (CIDR or service tag) of the clusters' API servers. Agents reach nothing else but the model and storage."
  type        = list(string)
  default     = []
}

variable "aks_clusters" {
  description = "Resource ids of AKS clusters that are reached with the identity of the functions in place of a kubeconfig."
  type        = list(string)
  default     = []
}

variable "cluster_ports" {
  description = "Ports of the API servers."
  type        = list(string)
  default     = ["443", "6443"]
}

variable "model_addresses" {
  description = "Addresses (CIDR or service tag) of the model, when there is one."
  type        = list(string)
  default     = []
}

variable "network_addresses" {
  description = "Addresses of the network."
  type        = string
  default     = "10.61.0.0/22"
}

variable "functions_in_network" {
  description = "Connects the functions to the network too, for clusters with private MCP servers."
  type        = bool
  default     = false
}

variable "vnet_enabled" {
  description = "Storage and vault answer in the network alone, through private endpoints; the functions are then in it too. Readers and operators need a way into the network."
  type        = bool
  default     = false
}

variable "agent_dns_servers" {
  description = "DNS servers that agents ask, where the names of API servers are known to yours alone; empty: those of Azure."
  type        = list(string)
  default     = []
  validation {
    condition     = length(var.agent_dns_servers) <= 4
    error_message = "agent_dns_servers takes four at most."
  }
}

variable "purge_protection" {
  description = "Keeps a removed vault for 90 days whatever anybody wants. false suits a trial; once true it can never be taken back."
  type        = bool
  default     = true
}

variable "update_strategy" {
  description = "How instances change over to a new version: Recreate (all at once) or RollingUpdate (a few at a time; for minutes both run)."
  type        = string
  default     = "Recreate"
  validation {
    condition     = contains(["Recreate", "RollingUpdate"], var.update_strategy)
    error_message = "update_strategy must be Recreate or RollingUpdate."
  }
}

variable "assign_roles" {
  description = "Makes the role assignments and the two roles of this template. false: an administrator does, from docs/operations.md."
  type        = bool
  default     = true
}

variable "links_through_app" {
  description = "Names the address of the function app in REPORT_BASE_URL; false: the app takes the name that Azure gives it."
  type        = bool
  default     = false
}

variable "keep_reports_days" {
  description = "Days after which reports and everything else about an incident are removed."
  type        = number
  default     = 180
}

variable "keep_bundles_days" {
  description = "Days after which uploaded bundles, which the reports were made of, are removed."
  type        = number
  default     = 30
}

variable "keep_dead_letters_days" {
  description = "Days after which messages kept aside are removed."
  type        = number
  default     = 90
}

variable "keep_logs_days" {
  description = "Days that logs are kept."
  type        = number
  default     = 30
}

variable "logs_daily_gb" {
  description = "Most gigabytes of logs a day; what comes after is dropped until the next day."
  type        = number
  default     = 1
}

variable "alert_emails" {
  description = "Who is told of alerts."
  type        = list(string)
  default     = []
}

variable "monthly_budget" {
  description = "Spend per month, in the currency of the subscription, from whose 80 % on people are told; 0: no budget."
  type        = number
  default     = 200
}

variable "budget_start" {
  description = "First day of a month, such as 2026-01-01; empty: of this one, kept from then on."
  type        = string
  default     = ""
}

variable "settings" {
  description = "Any further setting of docs/settings.md by its name."
  type        = map(string)
  default     = {}
}

# Terraform alone: azd registers them by a hook.
variable "register_providers" {
  description = "Registers the resource providers; false for whoever may not: an administrator must have done it."
  type        = bool
  default     = true
}

# Terraform alone: the subscription is a parameter here and the surroundings of a deployment there.
variable "subscription_id" {
  description = "Subscription to deploy to; empty: ARM_SUBSCRIPTION_ID."
  type        = string
  default     = ""
}

terraform {
  required_version = ">= 1.9"
  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = "~> 4.55"
    }
    azapi = {
      source  = "Azure/azapi"
      version = "~> 2.4"
    }
  }
}

provider "azurerm" {
  features {
    storage {
      # Nothing of the account is read as whoever runs this: an Owner has no rights on data.
      data_plane_available = false
    }
    resource_group {
      # Application Insights adds an alert rule by itself, and agents are made by the functions.
      prevent_deletion_if_contains_resources = false
    }
  }
  resource_providers_to_register = var.register_providers ? local.providers : []
  # What is not named above is registered already: by the portal, by azd, or by an administrator.
  resource_provider_registrations = "none"
  subscription_id                 = var.subscription_id == "" ? null : var.subscription_id
  # No key of the account exists: data is reached as whoever runs this.
  storage_use_azuread = true
}

locals {
  # A deployment registers only what it holds: container groups come later, made by an identity that may register nothing,
  # and Flex Consumption's own network belongs to Microsoft.App.
  providers = [
    "Microsoft.App",
    "Microsoft.Authorization",
    "Microsoft.Consumption",
    "Microsoft.ContainerInstance",
    "Microsoft.ContainerRegistry",
    "Microsoft.Insights",
    "Microsoft.KeyVault",
    "Microsoft.ManagedIdentity",
    "Microsoft.Network",
    "Microsoft.OperationalInsights",
    "Microsoft.Storage",
    "Microsoft.Web",
  ]
}

data "azurerm_client_config" "current" {}

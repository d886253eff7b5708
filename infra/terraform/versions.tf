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
  features {}
  subscription_id = var.subscription_id == "" ? null : var.subscription_id
  # No key of the account exists: data is reached as whoever runs this.
  storage_use_azuread = true
}

data "azurerm_client_config" "current" {}

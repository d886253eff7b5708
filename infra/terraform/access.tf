# Every right that anybody has here, on one page.
locals {
  storage = azurerm_storage_account.storage.id
  vault   = azurerm_key_vault.vault.id

  granted = {
    # --- The functions. The account holds nothing but what is Nightcrier's. Data Owner is what the Functions host asks
    # for its own locks; the delegators' right lets links be signed without any key of the account (Blob Data Owner has
    # it, queues need their own).
    functions_storage_blobs     = { principal = local.functions, scope = local.storage, role = "Storage Blob Data Owner" }
    functions_storage_queues    = { principal = local.functions, scope = local.storage, role = "Storage Queue Data Contributor" }
    functions_storage_delegator = { principal = local.functions, scope = local.storage, role = "Storage Queue Delegator" }
    functions_storage_tables    = { principal = local.functions, scope = local.storage, role = "Storage Table Data Contributor" }
    functions_vault             = { principal = local.functions, scope = local.vault, role = "Key Vault Secrets User" }
    functions_insights          = { principal = local.functions, scope = azurerm_application_insights.insights.id, role = "Monitoring Metrics Publisher" }

    # --- The agents: their image, nothing else.
    pull_registry = { principal = azurerm_user_assigned_identity.pull.principal_id, scope = azurerm_container_registry.registry.id, role = "AcrPull" }
  }

  functions = azurerm_user_assigned_identity.functions.principal_id

  # --- AKS clusters that are reached without a kubeconfig: where they are, and their objects but Secrets, each on one cluster.
  aks_roles = ["Azure Kubernetes Service Cluster User Role", "Azure Kubernetes Service RBAC Reader"]
  aks       = { for pair in setproduct(var.aks_clusters, local.aks_roles) : join(" ", pair) => { cluster = pair[0], role = pair[1] } }

  # --- The operator: secrets, clusters.yaml, images.
  operator = {
    operator_vault    = { scope = local.vault, role = "Key Vault Secrets Officer" }
    operator_config   = { scope = azurerm_storage_container.containers["config"].resource_manager_id, role = "Storage Blob Data Contributor" }
    operator_registry = { scope = azurerm_container_registry.registry.id, role = "AcrPush" }
  }

  # --- The functions' own roles, each on one resource.
  custom = {
    functions_agents        = { scope = azurerm_resource_group.agents.id, role = one(azurerm_role_definition.run_agents[*].role_definition_resource_id) }
    functions_pull_identity = { scope = azurerm_user_assigned_identity.pull.id, role = one(azurerm_role_definition.equip_agents[*].role_definition_resource_id) }
    functions_subnet        = { scope = one(azurerm_subnet.agents[*].id), role = one(azurerm_role_definition.equip_agents[*].role_definition_resource_id) }
  }
  # Without a network of theirs agents have no subnet.
  given = [for name in keys(local.custom) : name if var.assign_roles && (name != "functions_subnet" || var.agent_network != "none")]
}

resource "azurerm_role_assignment" "granted" {
  for_each             = var.assign_roles ? local.granted : {}
  scope                = each.value.scope
  role_definition_name = each.value.role
  principal_id         = each.value.principal
  principal_type       = "ServicePrincipal"
}

resource "azurerm_role_assignment" "operator" {
  for_each             = var.assign_roles && var.operator_principal_id != "" ? local.operator : {}
  scope                = each.value.scope
  role_definition_name = each.value.role
  principal_id         = var.operator_principal_id
  principal_type       = var.operator_principal_type
}

resource "azurerm_role_assignment" "aks" {
  for_each             = var.assign_roles ? local.aks : {}
  scope                = each.value.cluster
  role_definition_name = each.value.role
  principal_id         = local.functions
  principal_type       = "ServicePrincipal"
}

resource "azurerm_role_assignment" "custom" {
  for_each           = { for name in local.given : name => local.custom[name] }
  scope              = each.value.scope
  role_definition_id = each.value.role
  principal_id       = local.functions
  principal_type     = "ServicePrincipal"
}

# What the functions do with container groups, act by act (shared/azure/container-groups.ts). No exec, no attach, no
# start or restart: a group has one life.
resource "azurerm_role_definition" "run_agents" {
  count             = var.assign_roles ? 1 : 0
  name              = "Nightcrier run agents ${local.token}"
  description       = "Makes, looks at and removes container groups in one resource group."
  scope             = azurerm_resource_group.agents.id
  assignable_scopes = [azurerm_resource_group.agents.id]

  permissions {
    actions = [
      "Microsoft.ContainerInstance/containerGroups/read",
      "Microsoft.ContainerInstance/containerGroups/write",
      "Microsoft.ContainerInstance/containerGroups/delete",
      "Microsoft.ContainerInstance/containerGroups/containers/logs/read",
    ]
  }
}

# A container group is put into a subnet and given an identity by whoever makes it: two rights, each on one resource.
resource "azurerm_role_definition" "equip_agents" {
  count             = var.assign_roles ? 1 : 0
  name              = "Nightcrier equip agents ${local.token}"
  description       = "Puts container groups into a subnet and lets them pull their image."
  scope             = azurerm_resource_group.main.id
  assignable_scopes = [azurerm_resource_group.main.id]

  permissions {
    actions = [
      "Microsoft.Network/virtualNetworks/subnets/join/action",
      "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action",
    ]
  }
}

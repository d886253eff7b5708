locals {
  # Agents, functions, private endpoints: 256 addresses each.
  subnets = [for number in range(3) : cidrsubnet(var.network_addresses, 24 - tonumber(split("/", var.network_addresses)[1]), number)]
}

resource "azurerm_network_security_group" "rules" {
  count               = local.network ? 1 : 0
  name                = "nsg-agents-${local.token}"
  resource_group_name = azurerm_resource_group.main.name
  location            = var.location
  tags                = local.tags

  dynamic "security_rule" {
    for_each = module.plan.rules
    content {
      name                       = security_rule.value.name
      access                     = security_rule.value.access
      direction                  = security_rule.value.direction
      priority                   = security_rule.value.priority
      protocol                   = security_rule.value.protocol
      source_address_prefix      = "*"
      source_port_range          = "*"
      destination_address_prefix = security_rule.value.address
      destination_port_range     = security_rule.value.ports == ["*"] ? "*" : null
      destination_port_ranges    = security_rule.value.ports == ["*"] ? null : security_rule.value.ports
    }
  }
}

resource "azurerm_public_ip" "outbound" {
  count               = local.nat ? 1 : 0
  name                = "pip-agents-${local.token}"
  resource_group_name = azurerm_resource_group.main.name
  location            = var.location
  tags                = local.tags
  sku                 = "Standard"
  allocation_method   = "Static"
}

resource "azurerm_nat_gateway" "nat" {
  count                   = local.nat ? 1 : 0
  name                    = "nat-agents-${local.token}"
  resource_group_name     = azurerm_resource_group.main.name
  location                = var.location
  tags                    = local.tags
  sku_name                = "Standard"
  idle_timeout_in_minutes = 4
}

resource "azurerm_nat_gateway_public_ip_association" "nat" {
  count                = local.nat ? 1 : 0
  nat_gateway_id       = azurerm_nat_gateway.nat[0].id
  public_ip_address_id = azurerm_public_ip.outbound[0].id
}

resource "azurerm_route_table" "routes" {
  count               = var.agent_network == "firewall" ? 1 : 0
  name                = "rt-agents-${local.token}"
  resource_group_name = azurerm_resource_group.main.name
  location            = var.location
  tags                = local.tags

  route {
    name                   = "all-through-the-firewall"
    address_prefix         = "0.0.0.0/0"
    next_hop_type          = "VirtualAppliance"
    next_hop_in_ip_address = var.firewall_address
  }
}

resource "azurerm_virtual_network" "network" {
  count               = local.network ? 1 : 0
  name                = "vnet-${local.token}"
  resource_group_name = azurerm_resource_group.main.name
  location            = var.location
  tags                = local.tags
  address_space       = [var.network_addresses]
}

resource "azurerm_subnet" "agents" {
  count                           = local.network ? 1 : 0
  name                            = "agents"
  resource_group_name             = azurerm_resource_group.main.name
  virtual_network_name            = azurerm_virtual_network.network[0].name
  address_prefixes                = [local.subnets[0]]
  default_outbound_access_enabled = false
  # The short way to storage: container groups in a network are asked to have it, and no gateway is paid.
  service_endpoints = ["Microsoft.Storage"]

  delegation {
    name = "container-groups"
    service_delegation {
      name = "Microsoft.ContainerInstance/containerGroups"
    }
  }
}

resource "azurerm_subnet" "functions" {
  count                = local.functions_subnet ? 1 : 0
  name                 = "functions"
  resource_group_name  = azurerm_resource_group.main.name
  virtual_network_name = azurerm_virtual_network.network[0].name
  address_prefixes     = [local.subnets[1]]

  default_outbound_access_enabled = false

  delegation {
    name = "flex"
    service_delegation {
      name = "Microsoft.App/environments"
    }
  }
}

resource "azurerm_subnet_network_security_group_association" "agents" {
  count                     = local.network ? 1 : 0
  subnet_id                 = azurerm_subnet.agents[0].id
  network_security_group_id = azurerm_network_security_group.rules[0].id
}

resource "azurerm_subnet_nat_gateway_association" "agents" {
  count          = var.agent_network == "nat" ? 1 : 0
  subnet_id      = azurerm_subnet.agents[0].id
  nat_gateway_id = azurerm_nat_gateway.nat[0].id
}

resource "azurerm_subnet_route_table_association" "agents" {
  count          = var.agent_network == "firewall" ? 1 : 0
  subnet_id      = azurerm_subnet.agents[0].id
  route_table_id = azurerm_route_table.routes[0].id
}

resource "azurerm_subnet_nat_gateway_association" "functions" {
  count          = local.functions_subnet && local.nat ? 1 : 0
  subnet_id      = azurerm_subnet.functions[0].id
  nat_gateway_id = azurerm_nat_gateway.nat[0].id
}

resource "azurerm_subnet_route_table_association" "functions" {
  count          = local.functions_subnet && var.agent_network == "firewall" ? 1 : 0
  subnet_id      = azurerm_subnet.functions[0].id
  route_table_id = azurerm_route_table.routes[0].id
}

variables {
  subscription_id  = "00000000-0000-0000-0000-000000000000"
  environment_name = "prod"
  location         = "westeurope"
  product = {
    containers = ["incidents"]
    queues     = ["faults", "faults-poison"]
    tables     = ["clusters"]
    settings   = { wired = ["KEY_VAULT_URL"], free = ["LOG_LEVEL"], local = ["LOCAL_VAULT_DIR"] }
  }
  settings             = { LOG_LEVEL = "debug" }
  supervisors          = 3
  supervisor_instances = 1
  agent_network        = "nat"
  firewall_address     = ""
  cluster_addresses    = ["20.1.2.3/32", "AzureCloud.westeurope"]
  cluster_ports        = ["443", "6443"]
  model_addresses      = ["160.79.104.0/23"]
  agent_dns_servers    = ["10.0.0.5"]
  private_addresses    = ""
  storage_redundancy   = ""
  agent_image          = "crx.azurecr.io/nightcrier-agent@sha256:0"
  registry_server      = "crx.azurecr.io"
}

run "names_derive_from_the_place_and_nothing_else" {
  command = plan
  assert {
    condition     = can(regex("^[0-9a-f]{13}$", output.token))
    error_message = "The token must fit the names of storage accounts and vaults."
  }
  assert {
    condition     = contains(output.containers, "deployments") && contains(output.containers, "incidents")
    error_message = "The package and the reports need their containers."
  }
}

run "each_supervisor_is_kept_ready" {
  command = plan
  assert {
    condition     = output.always_ready[*].name == ["function:supervisor-1", "function:supervisor-2", "function:supervisor-3"]
    error_message = "One always-ready entry for each supervisor."
  }
}

run "sleeping_supervisors_need_no_entry" {
  command = plan
  variables {
    supervisor_instances = 0
  }
  assert {
    condition     = length(output.always_ready) == 0
    error_message = "The platform refuses entries of no instances."
  }
}

run "agents_reach_clusters_model_and_storage_and_nothing_else" {
  command = plan
  assert {
    condition     = [for rule in output.rules : rule.address if rule.access == "Allow"] == ["20.1.2.3/32", "AzureCloud.westeurope", "160.79.104.0/23", "10.0.0.5", "Storage"]
    error_message = "What is allowed must be exactly what was named."
  }
  assert {
    condition     = alltrue([for rule in output.rules : rule.direction == "Outbound" if rule.access == "Allow"])
    error_message = "Nothing may come in."
  }
  assert {
    condition     = join(",", sort([for rule in output.rules : rule.direction if rule.access == "Deny" && rule.address == "*" && rule.priority == 4096])) == "Inbound,Outbound"
    error_message = "All else must be refused, last."
  }
}

run "an_unknown_setting_is_refused" {
  command = plan
  variables {
    settings = { LOG_LEVLE = "debug" }
  }
  expect_failures = [var.settings]
}

run "a_setting_that_the_templates_make_is_refused" {
  command = plan
  variables {
    settings = { KEY_VAULT_URL = "https://elsewhere.vault.azure.net" }
  }
  expect_failures = [var.settings]
}

run "a_firewall_needs_its_address" {
  command = plan
  variables {
    agent_network = "firewall"
  }
  expect_failures = [var.firewall_address]
}

run "an_image_from_elsewhere_needs_no_identity" {
  command = plan
  variables {
    agent_image = "ghcr.io/somebody/nightcrier-agent@sha256:0"
  }
  assert {
    condition     = !output.pulls_from_registry
    error_message = "Only our own registry asks for an identity."
  }
}

run "private_storage_is_reached_in_the_network_alone" {
  command = plan
  variables {
    private_addresses = "10.61.2.0/24"
  }
  assert {
    condition     = !contains(output.rules[*].address, "Storage") && contains(output.rules[*].address, "10.61.2.0/24")
    error_message = "With private endpoints no public storage is reached."
  }
}

run "storage_is_in_three_zones_where_there_are_any" {
  command = plan
  assert {
    condition     = output.redundancy == "ZRS" && output.function_timeout == "00:06:40"
    error_message = "westeurope has zones, and a window of 280 s ends after 400 s at the latest."
  }
}

run "storage_is_in_one_place_where_there_are_no_zones" {
  command = plan
  variables {
    location = "westus"
    settings = { LOG_LEVEL = "debug", SUPERVISOR_WINDOW_SECONDS = "1500" }
    product = {
      containers = ["incidents"]
      queues     = ["faults", "faults-poison"]
      tables     = ["clusters"]
      settings   = { wired = ["KEY_VAULT_URL"], free = ["LOG_LEVEL", "SUPERVISOR_WINDOW_SECONDS"], local = ["LOCAL_VAULT_DIR"] }
    }
  }
  assert {
    condition     = output.redundancy == "LRS" && output.function_timeout == "00:27:00"
    error_message = "westus has no zones, and the time limit follows the window."
  }
}

resource "azurerm_log_analytics_workspace" "workspace" {
  name                         = "log-${local.token}"
  resource_group_name          = azurerm_resource_group.main.name
  location                     = var.location
  tags                         = local.tags
  sku                          = "PerGB2018"
  retention_in_days            = var.keep_logs_days
  daily_quota_gb               = var.logs_daily_gb
  local_authentication_enabled = false
}

resource "azurerm_application_insights" "insights" {
  name                = "appi-${local.token}"
  resource_group_name = azurerm_resource_group.main.name
  location            = var.location
  tags                = local.tags
  application_type    = "web"
  workspace_id        = azurerm_log_analytics_workspace.workspace.id
  # Only an identity with a role may send.
  local_authentication_disabled = true
}

resource "azurerm_monitor_action_group" "people" {
  name                = "ag-${local.token}"
  resource_group_name = azurerm_resource_group.main.name
  tags                = local.tags
  short_name          = "nightcrier"

  dynamic "email_receiver" {
    for_each = var.alert_emails
    content {
      name                    = "email-${email_receiver.key}"
      email_address           = email_receiver.value
      use_common_alert_schema = true
    }
  }
}

resource "azurerm_monitor_scheduled_query_rules_alert_v2" "alerts" {
  for_each                = { for alert in local.alerts : alert.name => alert }
  name                    = "alert-${each.key}-${local.token}"
  resource_group_name     = azurerm_resource_group.main.name
  location                = var.location
  tags                    = local.tags
  display_name            = "Nightcrier: ${each.value.title}"
  description             = each.value.description
  enabled                 = true
  severity                = each.value.severity
  scopes                  = [try(each.value.scope, "") == "workspace" ? azurerm_log_analytics_workspace.workspace.id : azurerm_application_insights.insights.id]
  evaluation_frequency    = each.value.every
  window_duration         = each.value.window
  auto_mitigation_enabled = true
  skip_query_validation   = true

  criteria {
    query                   = join("\n", each.value.query)
    time_aggregation_method = "Count"
    operator                = each.value.operator
    threshold               = each.value.threshold
    failing_periods {
      number_of_evaluation_periods             = 1
      minimum_failing_periods_to_trigger_alert = 1
    }
  }

  action {
    action_groups = [azurerm_monitor_action_group.people.id]
  }
}

# Asked from outside: it also sees what no log of ours could tell, such as an app that does not start. Each question is
# paid for; the alert `silent` is the quicker one.
resource "azurerm_application_insights_standard_web_test" "alive" {
  name                    = "alive-${local.token}"
  resource_group_name     = azurerm_resource_group.main.name
  location                = var.location
  tags                    = local.tags
  application_insights_id = azurerm_application_insights.insights.id
  enabled                 = true
  frequency               = 900
  timeout                 = 60
  retry_enabled           = true
  geo_locations           = ["emea-nl-ams-azr", "us-va-ash-azr", "apac-sg-sin-azr"]

  request {
    url                              = "https://func-${local.token}.azurewebsites.net/api/health"
    http_verb                        = "GET"
    parse_dependent_requests_enabled = false
    follow_redirects_enabled         = false
  }

  validation_rules {
    expected_status_code        = 200
    ssl_check_enabled           = true
    ssl_cert_remaining_lifetime = 7
  }
}

resource "azurerm_monitor_metric_alert" "alive" {
  name                = "alert-alive-${local.token}"
  resource_group_name = azurerm_resource_group.main.name
  tags                = local.tags
  description         = "Nightcrier does not answer, or no supervisor has a heartbeat: nobody hears the clusters."
  severity            = 0
  scopes              = [azurerm_application_insights_standard_web_test.alive.id, azurerm_application_insights.insights.id]
  frequency           = "PT5M"
  window_size         = "PT30M"
  auto_mitigate       = true

  application_insights_web_test_location_availability_criteria {
    web_test_id           = azurerm_application_insights_standard_web_test.alive.id
    component_id          = azurerm_application_insights.insights.id
    failed_location_count = 2
  }

  action {
    action_group_id = azurerm_monitor_action_group.people.id
  }
}

resource "azurerm_application_insights_workbook" "workbook" {
  name                = uuidv5("url", "${azurerm_resource_group.main.id}/nightcrier-workbook")
  resource_group_name = azurerm_resource_group.main.name
  location            = var.location
  tags                = local.tags
  display_name        = "Nightcrier"
  category            = "workbook"
  source_id           = lower(azurerm_application_insights.insights.id)
  data_json           = file("${path.module}/../dashboards/workbook.json")
}

resource "terraform_data" "budget_start" {
  count = var.monthly_budget > 0 ? 1 : 0
  input = var.budget_start == "" ? formatdate("YYYY-MM-01", plantimestamp()) : var.budget_start
  lifecycle {
    # A budget's first month cannot change.
    ignore_changes = [input]
  }
}

resource "azurerm_consumption_budget_subscription" "budget" {
  count           = var.monthly_budget > 0 ? 1 : 0
  name            = "nightcrier-${local.token}"
  subscription_id = "/subscriptions/${data.azurerm_client_config.current.subscription_id}"
  amount          = var.monthly_budget
  time_grain      = "Monthly"

  time_period {
    start_date = "${terraform_data.budget_start[0].output}T00:00:00Z"
  }

  filter {
    dimension {
      name   = "ResourceGroupName"
      values = [azurerm_resource_group.main.name, azurerm_resource_group.agents.name]
    }
  }

  notification {
    enabled        = true
    operator       = "GreaterThan"
    threshold      = 100
    threshold_type = "Forecasted"
    contact_groups = [azurerm_monitor_action_group.people.id]
  }

  notification {
    enabled        = true
    operator       = "GreaterThan"
    threshold      = 80
    threshold_type = "Actual"
    contact_groups = [azurerm_monitor_action_group.people.id]
  }
}

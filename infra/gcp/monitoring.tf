# Alarms and dashboards, from the files in monitoring/, which `npm run docs` makes of the same catalog as `heapless alarms` and
# `heapless dashboards`. Files that those commands print for your own sink can stand in their place.

locals {
  # Cloud Monitoring has our values only from these sinks.
  monitored = can(regex("(^|\\s)(stackdriver|gcm):", var.settings["HEAPLESS_SINK"]))
  told      = length(var.notification_channels) > 0
  of_deployment = {
    for policy in jsondecode(templatefile("${path.module}/monitoring/deployment-alarms.json", { name = var.name })) :
    policy.userLabels.heapless => policy if local.told
  }
  of_series = {
    for policy in jsondecode(file(coalesce(var.alarms_file, "${path.module}/monitoring/alarms.json"))) :
    policy.userLabels.heapless => policy
    if local.monitored && contains(var.alarms, policy.userLabels.heapless)
  }
  policies = merge(local.of_deployment, local.of_series)
  log_metrics = {
    for metric in jsondecode(templatefile("${path.module}/monitoring/log-metrics.json", { name = var.name })) :
    metric.name => metric if local.told
  }
  dashboards = {
    for view in var.dashboards : view => file("${coalesce(var.dashboards_folder, "${path.module}/monitoring")}/dashboard-${view}.json")
    if local.monitored
  }
}

resource "google_logging_metric" "reports" {
  for_each    = local.log_metrics
  name        = each.key
  description = each.value.description
  filter      = each.value.filter
  metric_descriptor {
    metric_kind = each.value.metricDescriptor.metricKind
    value_type  = each.value.metricDescriptor.valueType
  }
}

resource "google_monitoring_alert_policy" "alarm" {
  for_each              = local.policies
  display_name          = each.value.displayName
  combiner              = each.value.combiner
  severity              = each.value.severity
  notification_channels = var.notification_channels
  user_labels           = merge(each.value.userLabels, { deployment = var.name })
  documentation {
    content   = each.value.documentation.content
    mime_type = each.value.documentation.mimeType
  }
  alert_strategy {
    auto_close = each.value.alertStrategy.autoClose
  }
  dynamic "conditions" {
    for_each = each.value.conditions
    content {
      display_name = conditions.value.displayName
      dynamic "condition_threshold" {
        for_each = try([conditions.value.conditionThreshold], [])
        content {
          filter             = condition_threshold.value.filter
          denominator_filter = try(condition_threshold.value.denominatorFilter, null)
          comparison         = condition_threshold.value.comparison
          threshold_value    = lookup(var.alarm_thresholds, each.key, condition_threshold.value.thresholdValue)
          duration           = condition_threshold.value.duration
          trigger {
            count = condition_threshold.value.trigger.count
          }
          dynamic "aggregations" {
            for_each = condition_threshold.value.aggregations
            content {
              alignment_period     = aggregations.value.alignmentPeriod
              per_series_aligner   = aggregations.value.perSeriesAligner
              cross_series_reducer = aggregations.value.crossSeriesReducer
              group_by_fields      = aggregations.value.groupByFields
            }
          }
          dynamic "denominator_aggregations" {
            for_each = try(condition_threshold.value.denominatorAggregations, [])
            content {
              alignment_period     = denominator_aggregations.value.alignmentPeriod
              per_series_aligner   = denominator_aggregations.value.perSeriesAligner
              cross_series_reducer = denominator_aggregations.value.crossSeriesReducer
              group_by_fields      = denominator_aggregations.value.groupByFields
            }
          }
        }
      }
      dynamic "condition_absent" {
        for_each = try([conditions.value.conditionAbsent], [])
        content {
          filter   = condition_absent.value.filter
          duration = condition_absent.value.duration
          trigger {
            count = condition_absent.value.trigger.count
          }
          dynamic "aggregations" {
            for_each = condition_absent.value.aggregations
            content {
              alignment_period     = aggregations.value.alignmentPeriod
              per_series_aligner   = aggregations.value.perSeriesAligner
              cross_series_reducer = aggregations.value.crossSeriesReducer
              group_by_fields      = aggregations.value.groupByFields
            }
          }
        }
      }
    }
  }
  # The metrics of the functions must be there before a policy on them.
  depends_on = [google_logging_metric.reports, google_cloud_scheduler_job.tick]
}

resource "google_monitoring_dashboard" "view" {
  for_each       = local.dashboards
  dashboard_json = each.value
}

variable "project" {
  description = "Project id."
  type        = string
}

variable "region" {
  description = "Region of the functions, the schedule and the buckets."
  type        = string
}

variable "name" {
  description = "Begins the names of all resources."
  type        = string
  default     = "heapless"
  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,17}[a-z0-9]$", var.name))
    error_message = "name must be 3 to 19 lower-case letters, digits and hyphens."
  }
}

variable "schedule" {
  description = "Unix cron, in UTC. HEAPLESS_METRIC_RESOLUTION must say the same interval."
  type        = string
  default     = "* * * * *"
}

variable "package" {
  description = "The zip of dist/gcp."
  type        = string
  default     = "../../dist/gcp.zip"
}

variable "settings" {
  description = "HEAPLESS_* of the functions: source, sink and the rest of docs/configuration.md."
  type        = map(string)
  validation {
    condition     = contains(keys(var.settings), "HEAPLESS_SOURCE") && contains(keys(var.settings), "HEAPLESS_SINK")
    error_message = "settings must have HEAPLESS_SOURCE and HEAPLESS_SINK."
  }
  validation {
    condition     = alltrue([for key in keys(var.settings) : key != "HEAPLESS_STATE" && !startswith(key, "HEAPLESS_GCP_")])
    error_message = "HEAPLESS_STATE and HEAPLESS_GCP_* are set here, not in settings."
  }
}

variable "source_secrets" {
  description = "Secrets that sources refer to; tick and scrape may read them."
  type        = set(string)
  default     = []
}

variable "sink_secrets" {
  description = "Secrets that sinks refer to; all functions may read them."
  type        = set(string)
  default     = []
}

variable "max_scrapes" {
  description = "Most instances of scrape: shards that run at once."
  type        = number
  default     = 50
}

variable "log_days" {
  description = "Days that the functions' logs are kept in a bucket of their own."
  type        = number
  default     = 14
}

variable "notification_channels" {
  description = "Who is told by alarms: ids of notification channels (projects/PROJECT/notificationChannels/NUMBER). Empty = no alarms on the functions."
  type        = list(string)
  default     = []
}

variable "alarms" {
  description = "Alarms on what a stackdriver: sink sends, such as node-down. Cloud Monitoring refuses a policy on a metric that nobody has sent yet: name them when the first ticks have run, and only those whose metrics the sink sends."
  type        = set(string)
  default     = []
  validation {
    condition = length(setsubtract(var.alarms, [
      "node-down", "incomplete", "points-dropped", "backlog-growing", "memory-near-limit", "volume-almost-full", "pressure-high",
      "budget-exceeded",
    ])) == 0
    error_message = "alarms may have node-down, incomplete, points-dropped, backlog-growing, memory-near-limit, volume-almost-full, pressure-high and budget-exceeded."
  }
}

variable "alarm_thresholds" {
  description = "Thresholds in place of those of the catalog, by alarm; budget-exceeded has none without: most points a tick."
  type        = map(number)
  default     = {}
}

variable "alarms_file" {
  description = "What heapless alarms --for gcm has printed for your sink; default: for a sink that sends everything."
  type        = string
  default     = null
}

variable "dashboards" {
  description = "Views that become dashboards, if there is a stackdriver: sink."
  type        = set(string)
  default     = ["fleet", "cluster", "namespace", "node", "heapless"]
  validation {
    condition     = length(setsubtract(var.dashboards, ["fleet", "cluster", "namespace", "workload", "group", "node", "heapless"])) == 0
    error_message = "dashboards may have fleet, cluster, namespace, workload, group, node and heapless."
  }
}

variable "dashboards_folder" {
  description = "Folder with dashboard-VIEW.json, each printed by heapless dashboards --for gcm --view VIEW for your sink; default: for a sink that sends everything."
  type        = string
  default     = null
}

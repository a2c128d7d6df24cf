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

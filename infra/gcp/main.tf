# Heapless as Cloud Run functions: a schedule, three functions, an identity for each, a bucket. docs/deploy-gcp.md explains it.

terraform {
  required_version = ">= 1.5"
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = ">= 6.0"
    }
  }
}

provider "google" {
  project = var.project
  region  = var.region
}

data "google_project" "this" {}

locals {
  functions = toset(["tick", "scrape", "reduce"])
  # Addresses that are known before the functions are there.
  urls = { for name in local.functions : name => "https://${var.name}-${name}-${data.google_project.this.number}.${var.region}.run.app" }
  # Who calls whom.
  callers = { tick = "scheduler", scrape = "tick", reduce = "tick" }
  # Seconds; the schedule's attempt ends after the tick does.
  timeout = { tick = 58, scrape = 55, reduce = 55 }
  memory  = { tick = "1Gi", scrape = "1Gi", reduce = "512Mi" }
  # The tick lists the cluster, the scrape reads it: both log in to it. The reduction talks to no cluster.
  cluster_accounts = toset(["tick", "scrape"])
}

resource "google_project_service" "needed" {
  for_each = toset([
    "cloudbuild.googleapis.com", "cloudfunctions.googleapis.com", "cloudscheduler.googleapis.com",
    "container.googleapis.com", "monitoring.googleapis.com", "run.googleapis.com", "secretmanager.googleapis.com",
    "storage.googleapis.com",
  ])
  service            = each.key
  disable_on_destroy = false
}

resource "google_service_account" "account" {
  for_each     = toset(["scheduler", "tick", "scrape", "reduce"])
  account_id   = "${var.name}-${each.key}"
  display_name = "Heapless ${each.key}"
}

resource "google_storage_bucket" "state" {
  name                        = "${var.project}-${var.name}-state"
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = true
  lifecycle_rule {
    condition {
      age            = 2
      matches_prefix = ["heapless/backlog/", "heapless/backlog-set-aside/"]
    }
    action {
      type = "Delete"
    }
  }
  soft_delete_policy {
    retention_duration_seconds = 0
  }
}

resource "google_storage_bucket_iam_member" "state" {
  for_each = local.functions
  bucket   = google_storage_bucket.state.name
  role     = "roles/storage.objectUser"
  member   = "serviceAccount:${google_service_account.account[each.key].email}"
}

resource "google_storage_bucket" "code" {
  name                        = "${var.project}-${var.name}-code"
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = true
}

resource "google_storage_bucket_object" "code" {
  name   = "heapless-${filemd5(var.package)}.zip"
  bucket = google_storage_bucket.code.name
  source = var.package
}

resource "google_cloudfunctions2_function" "function" {
  for_each = local.functions
  name     = "${var.name}-${each.key}"
  location = var.region
  build_config {
    runtime     = "nodejs24"
    entry_point = each.key
    source {
      storage_source {
        bucket = google_storage_bucket.code.name
        object = google_storage_bucket_object.code.name
      }
    }
  }
  service_config {
    available_memory                 = local.memory[each.key]
    available_cpu                    = "1"
    timeout_seconds                  = local.timeout[each.key]
    max_instance_count               = each.key == "scrape" ? var.max_scrapes : 2
    max_instance_request_concurrency = 1
    ingress_settings                 = "ALLOW_ALL"
    service_account_email            = google_service_account.account[each.key].email
    environment_variables = merge(
      {
        HEAPLESS_STATE           = "gs://${google_storage_bucket.state.name}/heapless"
        HEAPLESS_GCP_PROJECT     = var.project
        HEAPLESS_GCP_AUDIENCE    = local.urls[each.key]
        HEAPLESS_GCP_CALLERS     = google_service_account.account[local.callers[each.key]].email
        HEAPLESS_GCP_TIMEOUT_SEC = tostring(local.timeout[each.key])
        NODE_ENV                 = "production"
      },
      each.key == "tick" ? {
        HEAPLESS_GCP_SCRAPE_URL = local.urls["scrape"]
        HEAPLESS_GCP_REDUCE_URL = local.urls["reduce"]
        # Cloud Scheduler shows its token to IAM alone, which takes the signature away.
        HEAPLESS_GCP_BEHIND_IAM = "true"
      } : {},
      var.settings,
    )
  }
  depends_on = [google_project_service.needed]
}

resource "google_cloud_run_v2_service_iam_binding" "invoker" {
  for_each = local.functions
  location = var.region
  name     = google_cloudfunctions2_function.function[each.key].name
  role     = "roles/run.invoker"
  members  = ["serviceAccount:${google_service_account.account[local.callers[each.key]].email}"]
}

resource "google_cloud_scheduler_job" "tick" {
  name             = "${var.name}-tick"
  region           = var.region
  schedule         = var.schedule
  time_zone        = "Etc/UTC"
  attempt_deadline = "60s"
  retry_config {
    retry_count = 0
  }
  http_target {
    http_method = "POST"
    uri         = local.urls["tick"]
    oidc_token {
      service_account_email = google_service_account.account["scheduler"].email
      audience              = local.urls["tick"]
    }
  }
  depends_on = [google_cloud_run_v2_service_iam_binding.invoker]
}

resource "google_secret_manager_secret_iam_member" "source" {
  for_each  = { for pair in setproduct(local.cluster_accounts, var.source_secrets) : "${pair[0]}/${pair[1]}" => pair }
  secret_id = each.value[1]
  role      = "roles/secretmanager.secretAccessor"
  member    = "serviceAccount:${google_service_account.account[each.value[0]].email}"
}

resource "google_secret_manager_secret_iam_member" "sink" {
  for_each  = { for pair in setproduct(local.functions, var.sink_secrets) : "${pair[0]}/${pair[1]}" => pair }
  secret_id = each.value[1]
  role      = "roles/secretmanager.secretAccessor"
  member    = "serviceAccount:${google_service_account.account[each.value[0]].email}"
}

resource "google_project_iam_member" "metrics" {
  for_each = local.functions
  project  = var.project
  role     = "roles/monitoring.metricWriter"
  member   = "serviceAccount:${google_service_account.account[each.key].email}"
}

# Finds clusters; the rights inside are RBAC's.
resource "google_project_iam_member" "clusters" {
  for_each = local.cluster_accounts
  project  = var.project
  role     = "roles/container.clusterViewer"
  member   = "serviceAccount:${google_service_account.account[each.key].email}"
}

resource "google_logging_project_bucket_config" "logs" {
  project        = var.project
  location       = var.region
  bucket_id      = "${var.name}-logs"
  retention_days = var.log_days
}

resource "google_logging_project_sink" "logs" {
  name                   = "${var.name}-logs"
  destination            = "logging.googleapis.com/${google_logging_project_bucket_config.logs.id}"
  filter                 = "resource.type=\"cloud_run_revision\" AND resource.labels.service_name=~\"^${var.name}-(tick|scrape|reduce)$\""
  unique_writer_identity = true
}

output "accounts" {
  description = "Service accounts that log in to the clusters."
  value       = [for name in local.cluster_accounts : google_service_account.account[name].email]
}

output "state" {
  value = google_storage_bucket.state.url
}

#!/usr/bin/env bash
# Deploys Heapless to Google Cloud with gcloud alone, or deploys it again: what main.tf does, without Terraform.
#
#   infra/gcp/deploy.sh --project acme --region europe-west1
#
# Every HEAPLESS_* variable of the environment becomes a setting of the functions, as it is written.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: infra/gcp/deploy.sh --project PROJECT --region REGION [--name NAME] [--schedule 'CRON'] [--max-scrapes NUMBER]
         [--source-secrets A,B] [--sink-secrets A,B] [--notify CHANNEL,CHANNEL] [--budget POINTS]
TEXT
}

fail() {
  printf 'deploy: %s\n' "$1" >&2
  exit 2
}

need() { [ "$#" -ge 2 ] && [ -n "$2" ] || fail "$1 needs a value; see --help"; }

project='' region='' name=heapless schedule='* * * * *' scrapes=50 source_secrets='' sink_secrets='' notify='' budget=''
while [ "$#" -gt 0 ]; do
  case "$1" in
    --project) need "$@"; project=$2; shift 2 ;;
    --region) need "$@"; region=$2; shift 2 ;;
    --name) need "$@"; name=$2; shift 2 ;;
    --schedule) need "$@"; schedule=$2; shift 2 ;;
    --max-scrapes) need "$@"; scrapes=$2; shift 2 ;;
    --source-secrets) need "$@"; source_secrets=$2; shift 2 ;;
    --sink-secrets) need "$@"; sink_secrets=$2; shift 2 ;;
    --notify) need "$@"; notify=$2; shift 2 ;;
    --budget) need "$@"; budget=$2; shift 2 ;;
    --help) usage; exit 0 ;;
    *) fail "unknown option $1; see --help" ;;
  esac
done

[ -n "$project" ] && [ -n "$region" ] || fail 'say --project PROJECT and --region REGION; see --help'
[[ $name =~ ^[a-z][a-z0-9-]{1,17}[a-z0-9]$ ]] || fail "--name must be 3 to 19 lower-case letters, digits and hyphens, got '$name'"
[ "$(wc -w <<<"$schedule")" -eq 5 ] || fail "--schedule must have five fields, got '$schedule'"
[[ $notify =~ ^(projects/[^/,]+/notificationChannels/[0-9]+(,|$))*$ ]] || fail "--notify must be ids of channels, projects/PROJECT/notificationChannels/NUMBER, got '$notify'"
[[ $budget =~ ^([1-9][0-9]*)?$ ]] || fail "--budget must be a whole number of points a tick, got '$budget'"
[ -n "${HEAPLESS_SOURCE:-}" ] || fail 'HEAPLESS_SOURCE is not set; write kubernetes.summary_api:gke://PROJECT/LOCATION/CLUSTER'
[ -n "${HEAPLESS_SINK:-}" ] || fail 'HEAPLESS_SINK is not set; write stackdriver: or another sink'
for taken in HEAPLESS_STATE ${!HEAPLESS_GCP_@}; do
  [ -z "${!taken:-}" ] || fail "$taken is set by this script; unset it to deploy"
done
command -v gcloud >/dev/null || fail 'gcloud is not installed (https://cloud.google.com/sdk/docs/install)'
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
[ -x node_modules/.bin/node ] || fail 'the packages are not installed; run: npm ci'

g() { gcloud --quiet --project "$project" "$@"; }
number=$(g projects describe "$project" --format 'value(projectNumber)')
account() { printf '%s-%s@%s.iam.gserviceaccount.com' "$name" "$1" "$project"; }
url() { printf 'https://%s-%s-%s.%s.run.app' "$name" "$1" "$number" "$region"; }
bucket="$project-$name-state"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/monitoring"
# Alarms and dashboards for the sink as it is configured; what is wrong with it is told before anything is made.
node_modules/.bin/node infra/gcp/monitoring-files.ts "$work/monitoring" "$name" "$notify" "$budget"
node_modules/.bin/node infra/build.ts gcp >&2
cp -R dist/gcp "$work/code"
find "$work/code" -name '*.map' -delete

g services enable cloudbuild.googleapis.com cloudfunctions.googleapis.com cloudscheduler.googleapis.com \
  container.googleapis.com monitoring.googleapis.com run.googleapis.com secretmanager.googleapis.com storage.googleapis.com
for who in scheduler tick scrape reduce; do
  g iam service-accounts describe "$(account "$who")" >/dev/null 2>&1 ||
    g iam service-accounts create "$name-$who" --display-name "Heapless $who"
done
g storage buckets describe "gs://$bucket" >/dev/null 2>&1 ||
  g storage buckets create "gs://$bucket" --location "$region" --uniform-bucket-level-access --public-access-prevention --soft-delete-duration 0
printf '{"rule":[{"action":{"type":"Delete"},"condition":{"age":2,"matchesPrefix":["heapless/backlog/","heapless/backlog-set-aside/"]}}]}' >"$work/lifecycle.json"
g storage buckets update "gs://$bucket" --lifecycle-file "$work/lifecycle.json"

grant() { g projects add-iam-policy-binding "$project" --member "serviceAccount:$(account "$1")" --role "$2" --condition None >/dev/null; }
secret() { g secrets add-iam-policy-binding "$2" --member "serviceAccount:$(account "$1")" --role roles/secretmanager.secretAccessor >/dev/null; }
for who in tick scrape reduce; do
  g storage buckets add-iam-policy-binding "gs://$bucket" --member "serviceAccount:$(account "$who")" --role roles/storage.objectUser >/dev/null
  grant "$who" roles/monitoring.metricWriter
  for one in ${sink_secrets//,/ }; do secret "$who" "$one"; done
done
for who in tick scrape; do
  grant "$who" roles/container.clusterViewer
  for one in ${source_secrets//,/ }; do secret "$who" "$one"; done
done

deploy() {
  local which=$1 caller=$2 timeout=$3 memory=$4 instances=$5
  {
    for variable in ${!HEAPLESS_@}; do
      printf '%s: %s\n' "$variable" "$(node_modules/.bin/node -p 'JSON.stringify(process.env[process.argv[1]])' "$variable")"
    done
    printf 'HEAPLESS_STATE: "gs://%s/heapless"\nHEAPLESS_GCP_PROJECT: "%s"\nHEAPLESS_GCP_AUDIENCE: "%s"\n' "$bucket" "$project" "$(url "$which")"
    printf 'HEAPLESS_GCP_CALLERS: "%s"\nHEAPLESS_GCP_TIMEOUT_SEC: "%s"\nNODE_ENV: "production"\n' "$(account "$caller")" "$timeout"
    [ "$which" != tick ] ||
      printf 'HEAPLESS_GCP_SCRAPE_URL: "%s"\nHEAPLESS_GCP_REDUCE_URL: "%s"\nHEAPLESS_GCP_BEHIND_IAM: "true"\n' "$(url scrape)" "$(url reduce)"
  } >"$work/$which.yaml"
  g functions deploy "$name-$which" --gen2 --region "$region" --runtime nodejs24 --source "$work/code" --entry-point "$which" \
    --trigger-http --no-allow-unauthenticated --service-account "$(account "$which")" --timeout "${timeout}s" \
    --memory "$memory" --cpu 1 --concurrency 1 --max-instances "$instances" --env-vars-file "$work/$which.yaml"
  g run services add-iam-policy-binding "$name-$which" --region "$region" --member "serviceAccount:$(account "$caller")" --role roles/run.invoker >/dev/null
}
deploy scrape tick 55 1Gi "$scrapes"
deploy reduce tick 55 512Mi 2
deploy tick scheduler 58 1Gi 2

job=create
g scheduler jobs describe "$name-tick" --location "$region" >/dev/null 2>&1 && job=update
g scheduler jobs "$job" http "$name-tick" --location "$region" --schedule "$schedule" --time-zone Etc/UTC --uri "$(url tick)" \
  --http-method POST --attempt-deadline 60s --max-retry-attempts 0 \
  --oidc-service-account-email "$(account scheduler)" --oidc-token-audience "$(url tick)"

shopt -s nullglob
for file in "$work"/monitoring/dashboard-*.json; do
  view=$(basename "$file" .json)
  for old in $(g monitoring dashboards list --filter "labels.deployment=$name AND labels.view=${view#dashboard-}" --format 'value(name)'); do
    g monitoring dashboards delete "$old"
  done
  g monitoring dashboards create --config-from-file "$file"
done
if [ -n "$notify" ]; then
  for file in "$work"/monitoring/metric-*.json; do
    metric=$(basename "$file" .json)
    verb=create
    g logging metrics describe "${metric#metric-}" >/dev/null 2>&1 && verb=update
    g logging metrics "$verb" "${metric#metric-}" --config-from-file "$file"
  done
  for file in "$work"/monitoring/alarm-*.json; do
    alarm=$(basename "$file" .json)
    old=$(g alpha monitoring policies list --filter "userLabels.deployment=$name AND userLabels.heapless=${alarm#alarm-}" --format 'value(name)')
    if [ -n "$old" ]; then
      g alpha monitoring policies update "$old" --policy-from-file "$file"
    else
      # Cloud Monitoring takes no policy on a metric that nobody has sent yet.
      g alpha monitoring policies create --policy-from-file "$file" ||
        printf 'no alarm %s yet: deploy again when ticks have run for ten minutes\n' "${alarm#alarm-}" >&2
    fi
  done
fi

printf "rights in the clusters (docs/deploy-gcp.md, 3): %s %s\n" "$(account tick)" "$(account scrape)"

#!/usr/bin/env bash
# Removes what deploy.sh made: alarms, dashboards, schedule, functions, state, roles in the project and service accounts. What was
# made by Terraform is removed by `terraform destroy`.
#
#   infra/gcp/uninstall.sh --project acme --region europe-west1
set -euo pipefail

fail() {
  printf 'uninstall: %s\n' "$1" >&2
  exit 2
}

need() { [ "$#" -ge 2 ] && [ -n "$2" ] || fail "$1 needs a value; see --help"; }

project='' region='' name=heapless
while [ "$#" -gt 0 ]; do
  case "$1" in
    --project) need "$@"; project=$2; shift 2 ;;
    --region) need "$@"; region=$2; shift 2 ;;
    --name) need "$@"; name=$2; shift 2 ;;
    --help) printf 'usage: infra/gcp/uninstall.sh --project PROJECT --region REGION [--name NAME]\n'; exit 0 ;;
    *) fail "unknown option $1; see --help" ;;
  esac
done
[ -n "$project" ] && [ -n "$region" ] || fail 'say --project PROJECT and --region REGION; see --help'
[[ $name =~ ^[a-z][a-z0-9-]{1,17}[a-z0-9]$ ]] || fail "--name must be 3 to 19 lower-case letters, digits and hyphens, got '$name'"
command -v gcloud >/dev/null || fail 'gcloud is not installed (https://cloud.google.com/sdk/docs/install)'

g() { gcloud --quiet --project "$project" "$@"; }
account() { printf '%s-%s@%s.iam.gserviceaccount.com' "$name" "$1" "$project"; }
bucket="gs://$project-$name-state"
left=0
# What is gone already is no failure; what cannot be removed is told, and the rest goes on.
remove() {
  local what=$1
  shift
  if "$@" >/dev/null; then printf 'removed %s\n' "$what"; else printf 'NOT removed: %s\n' "$what" >&2; left=1; fi
}

# Alarms before what they watch, so that nobody is woken.
for policy in $(g alpha monitoring policies list --filter "userLabels.deployment=$name" --format 'value(name)'); do
  remove "alarm $policy" g alpha monitoring policies delete "$policy"
done
for board in $(g monitoring dashboards list --filter "labels.deployment=$name" --format 'value(name)'); do
  remove "dashboard $board" g monitoring dashboards delete "$board"
done
for metric in nodes-down lost-points waiting-points; do
  g logging metrics describe "$name-$metric" >/dev/null 2>&1 || continue
  remove "log metric $name-$metric" g logging metrics delete "$name-$metric"
done
# The schedule then, so that nothing starts any more.
if g scheduler jobs describe "$name-tick" --location "$region" >/dev/null 2>&1; then
  remove "schedule $name-tick" g scheduler jobs delete "$name-tick" --location "$region"
fi
for which in tick scrape reduce; do
  if g functions describe "$name-$which" --gen2 --region "$region" >/dev/null 2>&1; then
    remove "function $name-$which" g functions delete "$name-$which" --gen2 --region "$region"
  fi
done
if g storage buckets describe "$bucket" >/dev/null 2>&1; then
  remove "state $bucket" g storage rm --recursive "$bucket"
fi
for who in scheduler tick scrape reduce; do
  g iam service-accounts describe "$(account "$who")" >/dev/null 2>&1 || continue
  # Roles in the project before the account: a binding of an account that is gone stays in the policy.
  for role in $(g projects get-iam-policy "$project" --flatten 'bindings[].members' --format 'value(bindings.role)' \
    --filter "bindings.members=serviceAccount:$(account "$who")"); do
    remove "$role of $(account "$who")" g projects remove-iam-policy-binding "$project" \
      --member "serviceAccount:$(account "$who")" --role "$role" --all
  done
  remove "account $(account "$who")" g iam service-accounts delete "$(account "$who")"
done
printf 'what remains yours: the secrets, the rights in the clusters (docs/deploy-gcp.md, 3), the metrics that were sent\n'
[ "$left" -eq 0 ] || exit 1

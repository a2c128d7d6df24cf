#!/usr/bin/env bash
# Deploys Heapless to Azure, or deploys it again: the app registration, the resources, the code. docs/deploy-azure.md explains it.
#
#   infra/azure/deploy.sh --group heapless --location westeurope
#
# Every HEAPLESS_* variable of the environment becomes an app setting, as it is written.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: infra/azure/deploy.sh --group GROUP [--location REGION] [--name NAME] [--schedule 'CRON']
         [--instance-memory 512|2048|4096] [--monitor-workspace] [--alert-group ID]
         [--package FILE]

  --group GROUP         resource group; made if it does not exist (then --location is needed)
  --location REGION     region, as az account list-locations tells
  --name NAME           begins the names of all resources (3 to 11 letters, digits, hyphens; default heapless)
  --schedule 'CRON'     six fields, with seconds (default '0 * * * * *', every minute)
  --instance-memory MB  memory of an instance (default 2048)
  --monitor-workspace   also makes an Azure Monitor workspace, for a prometheus: sink
  --alert-group ID      action group that alerts tell; without one there are no alerts
  --package FILE        a package that was built before (a zip of dist/azure), instead of building one
TEXT
}

fail() {
  printf 'deploy: %s\n' "$1" >&2
  exit 2
}

need() { [ "$#" -ge 2 ] && [ -n "$2" ] || fail "$1 needs a value; see --help"; }

group='' location='' name='heapless' schedule='0 * * * * *' memory=2048 workspace=false alerts='' package=''
while [ "$#" -gt 0 ]; do
  case "$1" in
    --group) need "$@"; group=$2; shift 2 ;;
    --location) need "$@"; location=$2; shift 2 ;;
    --name) need "$@"; name=$2; shift 2 ;;
    --schedule) need "$@"; schedule=$2; shift 2 ;;
    --instance-memory) need "$@"; memory=$2; shift 2 ;;
    --monitor-workspace) workspace=true; shift ;;
    --alert-group) need "$@"; alerts=$2; shift 2 ;;
    --package) need "$@"; package=$2; [[ $package == /* ]] || package=$PWD/$package; shift 2 ;;
    --help) usage; exit 0 ;;
    *) fail "unknown option $1; see --help" ;;
  esac
done

[ -n "$group" ] || fail 'say --group GROUP; see --help'
[[ $name =~ ^[a-z][a-z0-9-]{1,9}[a-z0-9]$ ]] || fail "--name must be 3 to 11 lower-case letters, digits and hyphens, got '$name'"
[[ $memory =~ ^(512|2048|4096)$ ]] || fail "--instance-memory must be 512, 2048 or 4096, got '$memory'"
[ "$(wc -w <<<"$schedule")" -eq 6 ] || fail "--schedule must have six fields, with seconds, got '$schedule'"
[ -z "$alerts" ] || [[ $alerts == /subscriptions/*/actionGroups/* ]] ||
  fail "--alert-group must be the id of an action group (az monitor action-group show --query id), got '$alerts'"
[ -z "$package" ] || [ -f "$package" ] || fail "--package $package does not exist"
for tool in az zip; do
  command -v "$tool" >/dev/null || fail "$tool is not installed (az: https://learn.microsoft.com/cli/azure/install-azure-cli)"
done
az account show --output none 2>/dev/null || fail 'az is not logged in; run: az login'

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The settings are checked before anything is made, by the same code that reads them in the app.
[ -x node_modules/.bin/node ] || fail 'the packages are not installed; run: npm ci'
node_modules/.bin/node infra/azure/settings-file.ts >"$work/settings.json"

exists=true
az group show --name "$group" --output none 2>/dev/null || exists=false
[ "$exists" = true ] || [ -n "$location" ] || fail "resource group $group does not exist; say --location REGION to make it"
if [ -z "$package" ]; then
  package=$work/app.zip
  node_modules/.bin/node infra/build.ts azure >&2
  (cd dist/azure && zip -q -X -r "$package" . -x '*.map')
fi

if [ "$exists" = false ]; then
  az group create --name "$group" --location "$location" --output none
fi

# The app registration is the audience of the tokens by which the tick calls the other functions. It has no secret.
registration="$name-$group"
client=$(az ad app list --filter "displayName eq '$registration'" --query '[0].appId' --output tsv)
if [ -z "$client" ]; then
  client=$(az ad app create --display-name "$registration" --sign-in-audience AzureADMyOrg --query appId --output tsv)
fi
az ad app update --id "$client" --identifier-uris "api://$client"
az ad sp show --id "$client" --output none 2>/dev/null || az ad sp create --id "$client" --output none

parameters=("name=$name" "audience=api://$client" "schedule=$schedule" "instanceMemory=$memory" "monitorWorkspace=$workspace" "alertGroup=$alerts")
[ -z "$location" ] || parameters+=("location=$location")
az deployment group create --resource-group "$group" --name "$name" --template-file infra/azure/main.bicep \
  --parameters "$work/settings.json" --parameters "${parameters[@]}" --output none
output() { az deployment group show --resource-group "$group" --name "$name" --query "properties.outputs.$1.value" --output tsv; }
app=$(output app)

az functionapp deployment source config-zip --resource-group "$group" --name "$app" --src "$package" --output none

printf 'app          %s\nfunctions    %s\nkey vault    %s\nidentity     %s (client id), %s (object id)\n' \
  "$app" "$(output url)" "$(output vault)" "$(output clientId)" "$(output principalId)"
[ "$workspace" = false ] || printf 'remote write %s\n' "$(output remoteWrite)"

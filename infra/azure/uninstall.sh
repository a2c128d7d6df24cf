#!/usr/bin/env bash
# Removes what deploy.sh made: the resources of the name, the app registration and, with --group-too, the resource group.
#
#   infra/azure/uninstall.sh --group heapless
set -euo pipefail

fail() {
  printf 'uninstall: %s\n' "$1" >&2
  exit 2
}

need() { [ "$#" -ge 2 ] && [ -n "$2" ] || fail "$1 needs a value"; }

group='' name='heapless' whole=false
while [ "$#" -gt 0 ]; do
  case "$1" in
    --group) need "$@"; group=$2; shift 2 ;;
    --name) need "$@"; name=$2; shift 2 ;;
    --group-too) whole=true; shift ;;
    --help) printf 'usage: infra/azure/uninstall.sh --group GROUP [--name NAME] [--group-too]\n'; exit 0 ;;
    *) fail "unknown option $1; allowed are --group, --name, --group-too" ;;
  esac
done
[ -n "$group" ] || fail 'say --group GROUP'
command -v az >/dev/null || fail 'az is not installed (https://learn.microsoft.com/cli/azure/install-azure-cli)'
az account show --output none 2>/dev/null || fail 'az is not logged in; run: az login'

output() { az deployment group show --resource-group "$group" --name "$name" --query "properties.outputs.$1.value" --output tsv; }
app=$(output app 2>/dev/null) || fail "resource group $group has no deployment $name; say --name NAME"
vault=$(output vault)
storage=$(output storage)
identity=$(output principalId)

# What the identity may do elsewhere, as on a cluster, goes with it.
az role assignment list --all --assignee "$identity" --query '[].id' --output tsv | while read -r id; do
  az role assignment delete --ids "$id"
done
client=$(az ad app list --filter "displayName eq '$name-$group'" --query '[0].appId' --output tsv)
[ -z "$client" ] || az ad app delete --id "$client"

if [ "$whole" = true ]; then
  az group delete --name "$group" --yes
else
  az functionapp delete --resource-group "$group" --name "$app"
  for end in failed-ticks missing-ticks lost-points nodes-down waiting-points; do
    id=$(az resource list --resource-group "$group" --name "$name-$end" --resource-type Microsoft.Insights/scheduledQueryRules --query '[0].id' --output tsv)
    [ -z "$id" ] || az resource delete --ids "$id" --output none
  done
  for resource in serverfarms:$name-plan:Microsoft.Web components:$name-insights:Microsoft.Insights \
    workspaces:$name-logs:Microsoft.OperationalInsights userAssignedIdentities:$name-identity:Microsoft.ManagedIdentity \
    dataCollectionRules:$name-rule:Microsoft.Insights dataCollectionEndpoints:$name-endpoint:Microsoft.Insights \
    accounts:$name-metrics:Microsoft.Monitor; do
    IFS=: read -r type resource_name provider <<<"$resource"
    id=$(az resource list --resource-group "$group" --name "$resource_name" --resource-type "$provider/$type" --query '[0].id' --output tsv)
    [ -z "$id" ] || az resource delete --ids "$id" --output none
  done
  az storage account delete --resource-group "$group" --name "$storage" --yes
  az keyvault delete --resource-group "$group" --name "$vault"
  az deployment group delete --resource-group "$group" --name "$name"
fi
# A deleted vault keeps its name, and its secrets, until it is purged.
az keyvault purge --name "$vault"

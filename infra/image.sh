#!/usr/bin/env bash
# Builds the agents' image and the MCP server's, pinned: on Node by its digest, with runners by their exact versions.
#   NIGHTCRIER_NODE_DIGEST  of node:24-bookworm-slim, sha256:…; without it there is no image, since a tag may move
#   NIGHTCRIER_RUNNERS      foreign runners, such as "@anthropic-ai/claude-code@2.1.197"; empty: the builtin one alone
#   NIGHTCRIER_REGISTRY     where to push; docker must be logged in there, which a registry of Azure's is by `az acr login`
# infra/image.sh           builds both.
# infra/image.sh --push    builds and pushes both; its only line on standard output is the agents' image with its digest.
# infra/image.sh --azd     what azure.yaml does before it provisions: the same when digest and registry are known,
#                          else nothing; the result becomes NIGHTCRIER_AGENT_IMAGE.
set -euo pipefail
cd "$(dirname "$0")/.."
how="${1:-}"
digest="${NIGHTCRIER_NODE_DIGEST:-}"
registry="${NIGHTCRIER_REGISTRY:-}"

case "$how" in
  '' | --push | --azd) ;;
  *) echo "infra/image.sh: there is no $how; say --push, --azd or nothing" >&2; exit 2 ;;
esac
if [ "$how" = --azd ] && { [ -z "$digest" ] || [ -z "$registry" ]; }; then
  echo 'No image of the agents is built: that needs NIGHTCRIER_NODE_DIGEST, and a registry from an earlier run.' >&2
  exit 0
fi
if ! [[ "$digest" =~ ^sha256:[0-9a-f]{64}$ ]]; then
  echo 'Set NIGHTCRIER_NODE_DIGEST to the digest of node:24-bookworm-slim (sha256: and 64 hex digits), as' >&2
  echo 'docker buildx imagetools inspect node:24-bookworm-slim shows it.' >&2
  exit 2
fi
if [ -n "$how" ] && [ -z "$registry" ]; then
  echo 'Set NIGHTCRIER_REGISTRY to the registry that the templates made.' >&2
  exit 2
fi

prefix="${registry:+$registry/}"
build() {
  docker build --file agent-container/Dockerfile --build-arg "NODE_DIGEST=$digest" \
    --build-arg "RUNNERS=${NIGHTCRIER_RUNNERS:-}" "$@" . >&2
}
build --tag "${prefix}nightcrier-agent"
build --target mcp-server --tag "${prefix}nightcrier-mcp"
[ -n "$how" ] || exit 0

# A registry of Azure's has no password: whoever is logged in to Azure is logged in there for some hours.
case "$registry" in
  *.azurecr.io) if command -v az >/dev/null; then az acr login --name "${registry%%.*}" >&2; fi ;;
esac
docker push "${prefix}nightcrier-agent" >&2
docker push "${prefix}nightcrier-mcp" >&2
image=$(docker image inspect --format '{{range .RepoDigests}}{{println .}}{{end}}' "${prefix}nightcrier-agent" |
  grep -m1 -F "${prefix}nightcrier-agent@sha256:")
if [ "$how" = --azd ]; then
  azd env set NIGHTCRIER_AGENT_IMAGE "$image" >&2
else
  echo "$image"
fi

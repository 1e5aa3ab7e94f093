#!/usr/bin/env bash
# What the build of this service asks the register. Needs Node 20 or later, ROPA_URL and ROPA_API_KEY.
#   ci.sh pull-request   what would this change mean?
#   ci.sh deploy         declares it, then goes on only if what is declared is in force
set -euo pipefail
cd "$(dirname "$0")"
export ROPA_SERVICE=shop
cli=../../cli
[ -f "$cli/dist/ropa.cjs" ] || npm ci --prefix "$cli" --include=dev --no-audit --no-fund >&2
ropa() { node "$cli/dist/ropa.cjs" "$@"; }
case "${1:-}" in
  pull-request) ropa plan "${2:-ropa.yaml}" ;;
  deploy)
    ropa apply "${2:-ropa.yaml}"
    ropa check "${2:-ropa.yaml}"
    ;;
  *)
    echo "Usage: $0 pull-request|deploy [file]" >&2
    exit 64
    ;;
esac

#!/usr/bin/env bash
# What the build of this service asks the register. Needs ROPA_URL and ROPA_API_KEY.
#   ci.sh pull-request   what would this change mean?
#   ci.sh deploy         declares it, then goes on only if what is declared is in force
set -euo pipefail
cd "$(dirname "$0")"
export ROPA_SERVICE=shop
root=../..
ropa() { "$root/node_modules/.bin/node" "$root/src/cli/ropa.ts" "$@"; }
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

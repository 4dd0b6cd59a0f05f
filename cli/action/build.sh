#!/usr/bin/env bash
# Builds the command in the action's own checkout, unless it is built. Needs Node.js 20.19 or newer on the runner.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
if [[ -f cli/dist/prewarm.cjs ]]; then exit 0; fi
npm ci --ignore-scripts --no-audit --no-fund
# npm installs esbuild's program as a package of its own, so its install script is not needed.
node tools/release/build-command.js

#!/usr/bin/env bash
# What a push to main calls for, as outputs of a job: propose=true (changesets are pending), or release=true (main has a version that the
# commit before had not, or the workflow was started by hand, and there is no tag of it).
set -euo pipefail

version_of() { node -p 'JSON.parse(require("node:fs").readFileSync(0)).version'; }

version="$(version_of < package.json)"
before="$(git show HEAD^:package.json | version_of)"
pending="$(find .changeset -name '*.md' ! -name README.md | wc -l)"
echo "version=$version"
if [ "$pending" -gt 0 ]; then
  echo "propose=true"
elif [ "$version" != "$before" ] || [ "${GITHUB_EVENT_NAME:-}" = workflow_dispatch ]; then
  # Exit code 2: no such tag. Anything else is a failure of git.
  git ls-remote --exit-code origin "refs/tags/v$version" > /dev/null && exit 0
  [ $? -eq 2 ] || exit 1
  echo "release=true"
fi

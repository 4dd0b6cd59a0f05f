#!/usr/bin/env bash
# Sends the body in a file to POST /prewarm and waits for the end. Exit code 0: the verdict is one of ACCEPT, which is
# `ready` by default; 1: it is not; others: the API could not be asked. API and KEY are in the environment. Needs curl, jq.
set -euo pipefail
ask() { curl --silent --show-error --fail-with-body --retry 5 --header "x-api-key: $KEY" "$@"; }

# The same token in each attempt: a call that is repeated starts one request.
body=$(jq --arg token "$(date +%s)-$$-$RANDOM" '.client_token //= $token' "$1")
started=$(ask --data @- "${API}prewarm" <<<"$body") || { echo "$started" >&2; exit 3; }
req=$(jq --raw-output .request_id <<<"$started")
# After FAILED, STOPPED and TIMEOUT, the verdict comes some seconds later than the status.
verdict=null
while [ "$verdict" = null ]; do
  progress=$(ask "${API}prewarm?req_id=$req")
  jq --raw-output .sentence <<<"$progress"
  verdict=$(jq --raw-output .verdict <<<"$progress")
  [ "$verdict" != null ] || sleep "${SECONDS_BETWEEN:-15}"
done
ask "${API}summary?req_id=$req" | jq '{request_id, verdict, failures, failure_pops, failure_urls}' || true
case " ${ACCEPT:-ready} " in *" $verdict "*) ;; *) exit 1 ;; esac

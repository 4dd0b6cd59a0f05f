#!/bin/bash
# For an instance that cannot work: ships the end of a log, then takes the instance out of its group. The group keeps its
# size, so another instance comes in its place. Run as root: by cloud-init when boot.sh fails, by systemd when the agent
# crashes again and again. It needs nothing that is not in the image.
# Argument: the log. /etc/prewarm-give-up.conf says LOG_GROUP and REGION.
set -uo pipefail
# shellcheck source=/dev/null
. /etc/prewarm-give-up.conf

# Younger than this, it waits before it leaves: if every boot fails, each place in the group has a new instance every five
# minutes, not every one.
YOUNGEST_SECONDS=300
# An event of CloudWatch Logs is at most 1 MB.
LONGEST_BYTES=100000
EVENTS=/run/prewarm-give-up.json

retry() {
  local attempt
  for attempt in 1 2 3 4 5; do
    "$@" && return 0
    echo "attempt $attempt of: $* failed" >&2
    sleep $((attempt * 3))
  done
  return 1
}

metadata() {
  local token
  token=$(curl -sf -m 5 -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 300' http://169.254.169.254/latest/api/token) &&
    curl -sf -m 5 -H "X-aws-ec2-metadata-token: $token" "http://169.254.169.254/latest/meta-data/$1"
}

# The end of a log as one event. Printable ASCII alone: it needs no further care in JSON, and the cut may be within a character.
event() {
  local message
  message=$(tail -c "$LONGEST_BYTES" "$1" | LC_ALL=C tr -cd '\n -~' | sed 's/[\\"]/\\&/g; s/$/\\n/' | tr -d '\n')
  printf '[{"timestamp":%s,"message":"gave up\\n%s"}]' "$(date +%s000)" "$message"
}

ship() {
  local stream="$instance/gave-up"
  event "$1" > "$EVENTS"
  # The stream is there already if this has run before.
  aws logs create-log-stream --region "$REGION" --log-group-name "$LOG_GROUP" --log-stream-name "$stream" || true
  retry aws logs put-log-events --region "$REGION" --log-group-name "$LOG_GROUP" --log-stream-name "$stream" \
    --log-events "file://$EVENTS"
}

leave() {
  retry aws autoscaling terminate-instance-in-auto-scaling-group --region "$REGION" --instance-id "$instance" \
    --no-should-decrement-desired-capacity
}

# What has just been said is in the log a moment later.
sleep 2
instance=$(retry metadata instance-id)
ship "$1" || echo "the log is not shipped" >&2
read -r uptime _ < /proc/uptime
rest=$((YOUNGEST_SECONDS - ${uptime%.*}))
[ "$rest" -le 0 ] || sleep "$rest"
# One that is switched off is replaced, too: the group finds that it does not run.
leave || systemctl poweroff

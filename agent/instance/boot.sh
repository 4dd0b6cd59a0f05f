#!/bin/bash
# Turns a plain Amazon Linux 2023 instance into an agent. Run by cloud-init, as root, once; the lines before it set
# AGENT_CODE_URL (s3://…, the zip), AGENT_CODE_SHA256 (the zip's, in hex), AGENT_CODE_REGION (the bucket's) and AGENT_ENV
# (KEY=value lines for the agent). If a line fails, the instance gives up: give-up.sh, which those lines have written.
set -euo pipefail

retry() {
  local attempt
  for attempt in 1 2 3 4 5; do
    "$@" && return 0
    echo "attempt $attempt of: $* failed" >&2
    sleep $((attempt * 3))
  done
  return 1
}

retry dnf install -y nodejs24 unzip logrotate
# Amazon Linux names each Node by its version; the unit calls it `node`.
[ -x /usr/bin/node-24 ] && ln -sf /usr/bin/node-24 /usr/local/bin/node

# The code is root's: the agent, which runs as ec2-user, can read it and cannot change it.
install -d -m 0755 /home/ec2-user/agent
# With the region: the bucket's own address is asked at once, which also is the only one that a gateway endpoint leads to.
retry aws s3 cp --region "$AGENT_CODE_REGION" --only-show-errors "$AGENT_CODE_URL" /tmp/prewarm-agent.zip
# The template says which bytes these are. Whoever may write to the bucket runs no code of theirs here.
echo "$AGENT_CODE_SHA256  /tmp/prewarm-agent.zip" | sha256sum --check --quiet -
unzip -oq /tmp/prewarm-agent.zip -d /home/ec2-user/agent
chmod -R a+rX,go-w /home/ec2-user/agent
rm /tmp/prewarm-agent.zip

printf '%s\n' "$AGENT_ENV" > /etc/prewarm-agent.env
# systemd reads it, as root, and hands it to the agent.
chmod 0600 /etc/prewarm-agent.env
install -m 0644 /home/ec2-user/agent/prewarm-agent.service /etc/systemd/system/prewarm-agent.service
# A timer of our own looks every minute: Amazon Linux looks at its logs once a day, and by then a disk may be full. So there are
# at most four files of 50 MB, and a minute's lines.
cat > /etc/prewarm-logrotate.conf <<'ROTATE'
/var/log/prewarm-agent.log {
  size 50M
  rotate 3
  copytruncate
  missingok
}
ROTATE
cat > /etc/systemd/system/prewarm-logrotate.service <<'UNIT'
[Service]
Type=oneshot
ExecStart=/usr/sbin/logrotate --state /var/lib/prewarm-logrotate.state /etc/prewarm-logrotate.conf
UNIT
cat > /etc/systemd/system/prewarm-logrotate.timer <<'UNIT'
[Timer]
OnCalendar=minutely
AccuracySec=1s

[Install]
WantedBy=timers.target
UNIT
# The agent's unit starts it when the agent has crashed too often.
cat > /etc/systemd/system/prewarm-give-up.service <<'UNIT'
[Unit]
Description=Takes this instance out of its group: the agent does not work on it

[Service]
Type=oneshot
ExecStart=/usr/local/sbin/prewarm-give-up /var/log/prewarm-agent.log
UNIT
systemctl daemon-reload
systemctl enable --now prewarm-logrotate.timer
systemctl enable --now prewarm-agent

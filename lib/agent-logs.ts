import { readFileSync } from "node:fs";
import { RemovalPolicy, Stack } from "aws-cdk-lib";
import type * as iam from "aws-cdk-lib/aws-iam";
import * as logs from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import { allow } from "./allow.ts";

/** The files that are shipped: the agent's log, and the output of the boot script. */
const FILES = { agent: "/var/log/prewarm-agent.log", boot: "/var/log/cloud-init-output.log" };

const CONFIG = "/etc/prewarm-logs.json";
/** Where an instance has the script that gives it up: boot.sh and systemd run it. */
const GIVE_UP = "/usr/local/sbin/prewarm-give-up";
const GIVE_UP_SCRIPT = new URL("../agent/instance/give-up.sh", import.meta.url);

/** The log group of all agents, so that nobody needs a shell on an instance to see why it does nothing. */
export class AgentLogs extends Construct {
  readonly logGroup: logs.LogGroup;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.logGroup = new logs.LogGroup(this, "Group", {
      retention: logs.RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }

  /**
   * The calls with which the log agent ships files. It makes a stream; the group is there already. Instance ids come
   * from the metadata service. An instance that gives up makes the same calls with the AWS CLI. Tags, volumes and retention would need more calls, so they are not configured:
   * https://github.com/aws/amazon-cloudwatch-agent/blob/main/plugins/outputs/cloudwatchlogs/internal/pusher/target.go
   */
  grantWrite(role: iam.IRole): void {
    allow(role, ["logs:CreateLogStream", "logs:PutLogEvents"], this.logGroup.logGroupArn);
  }

  /**
   * Shell lines for the user data, to stand before the boot script. When that ends, they start Amazon's log agent; the agent
   * works without it. When it fails, they ship its output without any package, and the instance leaves its group.
   */
  shipping(): string {
    const files = Object.entries(FILES).map(([name, path]) => ({
      file_path: path,
      log_group_name: this.logGroup.logGroupName,
      log_stream_name: `{instance_id}/${name}`,
    }));
    const config = JSON.stringify({ logs: { logs_collected: { files: { collect_list: files } } } });
    return [
      `printf 'LOG_GROUP=%q\nREGION=%q\n' '${this.logGroup.logGroupName}' '${Stack.of(this).region}' > /etc/prewarm-give-up.conf`,
      `cat > ${GIVE_UP} <<'PREWARM_GIVE_UP'`,
      `${readFileSync(GIVE_UP_SCRIPT, "utf8")}PREWARM_GIVE_UP`,
      `chmod 0755 ${GIVE_UP}`,
      "ship_logs() {",
      `  printf '%s' '${config}' > ${CONFIG}`,
      "  dnf install -y amazon-cloudwatch-agent &&",
      `    /opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl -a fetch-config -m ec2 -s -c file:${CONFIG}`,
      "}",
      "booted() {",
      '  if [ "$1" -eq 0 ]; then ship_logs || echo "no logs are shipped" >&2',
      `  else ${GIVE_UP} ${FILES.boot}; fi`,
      "}",
      // The first line of boot.sh that fails is the end of it.
      "trap 'booted $?' EXIT",
    ].join("\n");
  }
}

import { RemovalPolicy } from "aws-cdk-lib";
import type * as iam from "aws-cdk-lib/aws-iam";
import * as logs from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import { allow } from "./allow.ts";

/** The files that are shipped: the agent's log, and the output of the boot script. */
const FILES = { agent: "/var/log/prewarm-agent.log", boot: "/var/log/cloud-init-output.log" };

const CONFIG = "/etc/prewarm-logs.json";

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
   * from the metadata service. Tags, volumes and retention would need more calls, so they are not configured:
   * https://github.com/aws/amazon-cloudwatch-agent/blob/main/plugins/outputs/cloudwatchlogs/internal/pusher/target.go
   */
  grantWrite(role: iam.IRole): void {
    allow(role, ["logs:CreateLogStream", "logs:PutLogEvents"], this.logGroup.logGroupArn);
  }

  /**
   * Shell lines for the user data, to stand before the boot script. They start Amazon's log agent when the script ends,
   * also when it fails: so a failed boot can be read too. The agent works without the log agent.
   */
  shipping(): string {
    const files = Object.entries(FILES).map(([name, path]) => ({
      file_path: path,
      log_group_name: this.logGroup.logGroupName,
      log_stream_name: `{instance_id}/${name}`,
    }));
    const config = JSON.stringify({ logs: { logs_collected: { files: { collect_list: files } } } });
    return [
      "ship_logs() {",
      `  printf '%s' '${config}' > ${CONFIG}`,
      "  dnf install -y amazon-cloudwatch-agent &&",
      `    /opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl -a fetch-config -m ec2 -s -c file:${CONFIG}`,
      "}",
      "trap 'ship_logs || echo \"no logs are shipped\" >&2' EXIT",
    ].join("\n");
  }
}

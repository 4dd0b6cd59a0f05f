import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Fn, RemovalPolicy, Stack, Token } from "aws-cdk-lib";
import * as autoscaling from "aws-cdk-lib/aws-autoscaling";
import * as ec2 from "aws-cdk-lib/aws-ec2";
import * as iam from "aws-cdk-lib/aws-iam";
import * as logs from "aws-cdk-lib/aws-logs";
import { Asset } from "aws-cdk-lib/aws-s3-assets";
import { Construct } from "constructs";
import { buildSync } from "esbuild";
import { LEAD_RESULT_ATTRIBUTES } from "../domain/plan/followers.ts";
import { BANNER, MAIN_FIELDS, TARGET, withFiles, zipOf } from "./bundling.ts";
import type { AgentNetwork } from "./network.ts";
import { isGiven, type Parameters } from "./parameters.ts";
import { allow, allowIf, groupArn, onKeys } from "./permissions.ts";
import type { PipelineProps } from "./pipeline.ts";
import { VISIBILITY } from "./queues.ts";

interface AgentFleetProps extends PipelineProps {
  readonly network: AgentNetwork;
  /** Name of the key pair to log in with. @default none: there is Session Manager */
  readonly keyName?: string;
}

/** What Session Manager needs for a shell without a key or an open port. AWS's managed policy also reads every parameter of the account. */
const SESSION_MANAGER = [
  "ssm:UpdateInstanceInformation",
  "ssmmessages:CreateControlChannel",
  "ssmmessages:CreateDataChannel",
  "ssmmessages:OpenControlChannel",
  "ssmmessages:OpenDataChannel",
];

const BOOT_SCRIPT = new URL("../agent/instance/boot.sh", import.meta.url);

/** The Auto Scaling group of agents: Spot by default, empty until a request wants instances. */
export class AgentFleet extends Construct {
  constructor(scope: Construct, id: string, props: AgentFleetProps) {
    super(scope, id);
    const { parameters, storage, queues, network, groupName, keyName } = props;
    const { region } = Stack.of(this);
    const role = new iam.Role(this, "Role", {
      assumedBy: new iam.ServicePrincipal("ec2.amazonaws.com"),
    });
    const code = agentCode(this);
    // Of all agents, so that nobody needs a shell on an instance to see why it does nothing.
    const logGroup = new logs.LogGroup(new Construct(this, "Logs"), "Group", {
      retention: logs.RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    // The log agent makes a stream; the group is there already. Instance ids come from the metadata service. An instance that gives up
    // makes the same calls with the AWS CLI. Tags, volumes and retention would need more calls, so they are not configured:
    // https://github.com/aws/amazon-cloudwatch-agent/blob/main/plugins/outputs/cloudwatchlogs/internal/pusher/target.go
    allow(role, ["logs:CreateLogStream", "logs:PutLogEvents"], logGroup.logGroupArn);
    grant(props, code, role);

    const template = new ec2.LaunchTemplate(this, "Template", {
      machineImage: amiOf(this, parameters),
      role,
      securityGroup: network.securityGroup,
      // In an existing VPC, each subnet decides: a public address costs money where there is a NAT gateway, and a policy may deny it.
      associatePublicIpAddress: network.internet === undefined ? undefined : true,
      requireImdsv2: true,
      httpPutResponseHopLimit: 1,
      keyPair: keyName === undefined ? undefined : ec2.KeyPair.fromKeyPairName(this, "KeyPair", keyName),
      blockDevices: [
        {
          deviceName: "/dev/xvda",
          volume: ec2.BlockDeviceVolume.ebs(8, { encrypted: true, volumeType: ec2.EbsDeviceVolumeType.GP3 }),
        },
      ],
      userData: userData(code, region, logShipping(logGroup.logGroupName, region), {
        AWS_REGION: region,
        ...queues.variables,
        DEAD_LETTER_QUEUE_URL: queues.deadLetters.queueUrl,
        REQUEST_TABLE: storage.requests.tableName,
        REQUEST_TASK_TABLE: storage.requestTasks.tableName,
        PROGRESS_TABLE: storage.progress.tableName,
        STALL_SECONDS: parameters.stallSeconds.valueAsString,
        VISIBILITY_SECONDS: String(VISIBILITY.toSeconds()),
        PREWARM_FIRST_BYTE_SECONDS: parameters.firstByteSeconds.valueAsString,
      }),
    });

    const group = new autoscaling.CfnAutoScalingGroup(this, "Group", {
      autoScalingGroupName: groupName,
      minSize: "0",
      maxSize: parameters.maxInstances.valueAsString,
      vpcZoneIdentifier: network.subnetIds,
      // On, it would end a working instance as soon as its replacement runs, which is a minute before an agent does, and
      // often no interruption would have come. Agents give their work back when one comes:
      // https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-capacity-rebalancing.html
      capacityRebalance: false,
      mixedInstancesPolicy: {
        instancesDistribution: {
          onDemandBaseCapacity: 0,
          onDemandPercentageAboveBaseCapacity: Token.asNumber(parameters.onDemandPercent.value),
          // The only one for a group with instance requirements.
          onDemandAllocationStrategy: "lowest-price",
          spotAllocationStrategy: "price-capacity-optimized",
        },
        launchTemplate: {
          launchTemplateSpecification: {
            launchTemplateId: template.launchTemplateId ?? "",
            version: template.latestVersionNumber,
          },
          overrides: [
            { instanceRequirements: instanceRequirements(Fn.split(",", parameters.instanceTypes.valueAsString)) },
          ],
        },
      },
      // Free, and by the minute: for graphs of one's own.
      metricsCollection: [
        { granularity: "1Minute", metrics: ["GroupDesiredCapacity", "GroupInServiceInstances", "GroupTotalInstances"] },
      ],
      tags: [{ key: "Name", value: groupName, propagateAtLaunch: true }],
    });
    // So that no instance is left in the VPC when the gateway goes.
    if (network.internet !== undefined) group.node.addDependency(network.internet);
  }
}

/** Allows the agents the calls that they make, and nothing else. */
function grant({ storage, queues, groupName }: AgentFleetProps, code: AgentCode, role: iam.Role): void {
  allow(role, ["s3:GetObject"], code.arnPattern);
  const receive = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"];
  allow(role, [...receive, "sqs:SendMessage"], ...queues.arns);
  // How much the agents share; the express queue has little.
  allow(role, ["sqs:GetQueueAttributes"], queues.main.queueArn);
  allow(role, ["sqs:SendMessage"], queues.deadLetters.queueArn);
  // An agent sees whether a request is active, and nothing else of it. It changes nothing of it.
  allowIf(onAttributes(["req_id", "active"]), role, ["dynamodb:GetItem"], storage.requests.tableArn);
  // Only the result attributes that decide whether the followers may start.
  allowIf(onAttributes(LEAD_RESULT_ATTRIBUTES), role, ["dynamodb:BatchGetItem"], storage.requestTasks.tableArn);
  // It searches heartbeats for permits of dead processes. It reads and changes no counter.
  const { tableArn: progress } = storage.progress;
  allowIf(onKeys("beat#*"), role, ["dynamodb:Query"], progress);
  // The limits of origins, and the permits in heartbeats.
  allowIf(onKeys("limit#*", "host#*", "beat#*"), role, ["dynamodb:GetItem", "dynamodb:UpdateItem"], progress);
  // Whether a request is active, before it leaves the group.
  allow(role, ["dynamodb:Query"], storage.activeIndexArn);
  allow(role, ["dynamodb:PutItem", "dynamodb:BatchWriteItem"], storage.requestTasks.tableArn);
  allow(role, ["autoscaling:TerminateInstanceInAutoScalingGroup"], groupArn(role, groupName));
  // What Session Manager needs. No resource of these actions can be named before the instance exists:
  // https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-create-iam-instance-profile.html
  allow(role, SESSION_MANAGER, "*");
}

/**
 * The AMI that `amiId` names, or the newest one when the stack is created or updated. `resolve:ssm:` would resolve it at each
 * launch, but Auto Scaling rejects it in a launch template of a group with instance requirements:
 * https://docs.aws.amazon.com/autoscaling/ec2/userguide/using-systems-manager-parameters.html (Limitations)
 */
function amiOf(scope: Construct, { amiId, latestAmi }: Parameters): ec2.IMachineImage {
  const isPinned = isGiven(scope, "HasAmiId", amiId.valueAsString);
  const imageId = Fn.conditionIf(isPinned.logicalId, amiId.valueAsString, latestAmi.valueAsString).toString();
  return {
    getImage: () => ({ imageId, osType: ec2.OperatingSystemType.LINUX, userData: ec2.UserData.forLinux() }),
  };
}

/** Price protection threshold in percent; this value switches it off. */
const NO_PRICE_PROTECTION = 999_999;

/**
 * The types of the list, of which EC2 takes those that a zone has and passes over the others. An override for each type
 * would have to be supported in every zone, and could not be made of a list that is a parameter.
 * https://docs.aws.amazon.com/autoscaling/ec2/userguide/create-mixed-instances-group-attribute-based-instance-type-selection.html
 */
function instanceRequirements(instanceTypes: string[]): autoscaling.CfnAutoScalingGroup.InstanceRequirementsProperty {
  return {
    // Both are required. The list alone decides, so nothing else excludes a type of it.
    vCpuCount: { min: 1 },
    memoryMiB: { min: 1 },
    allowedInstanceTypes: instanceTypes,
    // The image and the code are for Graviton.
    cpuManufacturers: ["amazon-web-services"],
    burstablePerformance: "included",
    spotMaxPricePercentageOverLowestPrice: NO_PRICE_PROTECTION,
    // Its default, 20, would leave hardly a type.
    onDemandMaxPricePercentageOverLowestPrice: NO_PRICE_PROTECTION,
  };
}

/**
 * The condition that a call on items of a table names attributes, and only these. `ForAllValues` is also true for a call that names none
 * and so reads the whole item; `Null` requires at least one.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
 */
function onAttributes(attributes: readonly string[]) {
  return {
    "ForAllValues:StringEquals": { "dynamodb:Attributes": attributes },
    Null: { "dynamodb:Attributes": "false" },
    StringEqualsIfExists: { "dynamodb:Select": "SPECIFIC_ATTRIBUTES" },
  };
}

/** What cloud-init runs: the variables, how its logs are shipped, then the boot script as it stands. */
function userData(
  code: AgentCode,
  region: string,
  shipping: string,
  environment: Record<string, string>,
): ec2.UserData {
  const lines = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  const data = ec2.UserData.forLinux({ shebang: "#!/bin/bash" });
  data.addCommands(
    `AGENT_CODE_URL='${code.url}'`,
    `AGENT_CODE_SHA256='${code.sha256}'`,
    `AGENT_CODE_REGION='${region}'`,
    `AGENT_ENV='${lines.join("\n")}'`,
    shipping,
    readFileSync(BOOT_SCRIPT, "utf8"),
  );
  return data;
}

const AGENT = fileURLToPath(new URL("../agent", import.meta.url));
const UNIT = "prewarm-agent.service";

type AgentCode = ReturnType<typeof agentCode>;

/**
 * The agent as instances fetch it at boot: one ES module with its dependencies, and its systemd unit. It is zipped here and
 * not when it is published, so that the template can say which bytes an instance may run.
 */
function agentCode(scope: Construct) {
  const zip = zipOf({ ...bundle(), [UNIT]: readFileSync(join(AGENT, "instance", UNIT)) });
  // It is copied into the cloud assembly.
  const asset = withFiles(
    { "agent.zip": zip },
    (folder) => new Asset(scope, "Code", { path: join(folder, "agent.zip") }),
  );
  return {
    url: asset.s3ObjectUrl,
    /** SHA-256 of the zip, in hex. */
    sha256: createHash("sha256").update(zip).digest("hex"),
    /**
     * Pattern of the ARNs of every version, whatever is in it. In the middle of an update the group still starts instances
     * from the old launch template, and these fetch the old code when the role has its new policy already. The stacks put
     * their code under CODE_PREFIX (stacks.ts), so that the pattern matches no other project's objects.
     */
    arnPattern: asset.bucket.arnForObjects(asset.s3ObjectKey.replace(asset.assetHash, "*")),
  };
}

/** The module and its source map, by name. */
function bundle(): Record<string, Uint8Array> {
  const { outputFiles } = buildSync({
    entryPoints: [join(AGENT, "main.ts")],
    // Nothing is written. Paths in the source map are relative to this, wherever the assembly lies.
    outfile: join(AGENT, "main.mjs"),
    write: false,
    bundle: true,
    platform: "node",
    format: "esm",
    target: TARGET,
    mainFields: MAIN_FIELDS,
    minify: true,
    sourcemap: true,
    sourcesContent: false,
    banner: { js: BANNER },
    logLevel: "warning",
  });
  return Object.fromEntries(outputFiles.map(({ path, contents }) => [basename(path), contents]));
}

/** The files that are shipped: the agent's log, and the output of the boot script. */
const FILES = { agent: "/var/log/prewarm-agent.log", boot: "/var/log/cloud-init-output.log" };

const CONFIG = "/etc/prewarm-logs.json";
/** Where an instance has the script that gives it up: boot.sh and systemd run it. */
const GIVE_UP = "/usr/local/sbin/prewarm-give-up";
const GIVE_UP_SCRIPT = new URL("../agent/instance/give-up.sh", import.meta.url);

/**
 * Shell lines for the user data, to stand before the boot script. When that ends, they start Amazon's log agent; the agent
 * works without it. When it fails, they ship its output without any package, and the instance leaves its group.
 */
function logShipping(logGroup: string, region: string): string {
  const files = Object.entries(FILES).map(([name, path]) => ({
    file_path: path,
    log_group_name: logGroup,
    log_stream_name: `{instance_id}/${name}`,
  }));
  const config = JSON.stringify({ logs: { logs_collected: { files: { collect_list: files } } } });
  return [
    `printf 'LOG_GROUP=%q\nREGION=%q\n' '${logGroup}' '${region}' > /etc/prewarm-give-up.conf`,
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

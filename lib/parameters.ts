// The parameters of both stacks, in the groups and under the labels that the CloudFormation console shows.
import { CfnParameter, type CfnParameterProps, type Stack } from "aws-cdk-lib";
import { FIRST_BYTE_SECONDS, MAX_FIRST_BYTE_SECONDS } from "../domain/limits.ts";
import { CAPS, type CapName } from "../domain/request/caps.ts";
import { STALL_SECONDS } from "../domain/request/lifecycle.ts";
import { DEFAULT_ENV_NAME, ENV_NAME_CONSTRAINT, ENV_NAME_PATTERN } from "./context.ts";

export interface ParametersOptions {
  /** Default of the parameter of that name. @default prod */
  readonly envName?: string | undefined;
  /** Whether the stack makes a VPC, or is given one. */
  readonly vpc: "new" | "existing";
}

/** Parameters that only the stack in an existing VPC has. */
export interface ExistingVpcParameters {
  readonly vpc: CfnParameter;
  readonly subnet: CfnParameter;
  readonly sg: CfnParameter;
  /** Empty: no key pair. */
  readonly key: CfnParameter;
  /** Empty: the API is public. */
  readonly vpce: CfnParameter;
}

/** In the order of the console. */
const GROUPS = [
  "Deployment",
  "Network",
  "Access to the API",
  "Instances",
  "Limits of requests",
  "Monitoring and cost",
  "Throughput",
] as const;

interface Definition extends CfnParameterProps {
  readonly group: (typeof GROUPS)[number];
  readonly label: string;
}

/**
 * Graviton types: first those with much network, then broad fallbacks, of several sizes and generations so that Spot has
 * a choice in every region. The order does not matter.
 */
const DEFAULT_TYPES = ["c8gn", "c7gn", "c6gn"]
  .flatMap((family) => [`${family}.medium`, `${family}.large`, `${family}.xlarge`])
  .concat(["c8g", "c7g", "c6g", "m8g", "m7g"].flatMap((family) => [`${family}.large`, `${family}.xlarge`]));

/** With the kernel that Amazon Linux has by default: https://docs.aws.amazon.com/linux/al2023/ug/ec2.html */
const AMI_PARAMETER = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64";

/** Write units a second of a new table, and the quota: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/warm-throughput.html */
export const NEW_TABLE_WRITES = 4_000;
const MAX_TABLE_WRITES = 40_000;

/** Concurrent executions that are reserved for the API if `lambdaConcurrency` is high. */
export const RESERVED_FOR_API = 20;

/**
 * The inline policies of a role have at most 10,240 characters, and the environment of a function 4 KB:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html,
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 * So lists that become part of them are texts: of a CommaDelimitedList, CloudFormation checks the form of each member and not
 * their number. test/lib/refused-by-aws.test.ts tries the longest ones.
 */
export const MAX_DISTRIBUTIONS = 80;
export const MAX_SOURCE_BUCKETS = 20;
export const MAX_SOURCE_BUCKETS_LENGTH = 800;
export const MAX_INSTANCE_TYPES = 40;
export const MAX_INSTANCE_TYPES_LENGTH = 500;
/** A resource policy of API Gateway has 8,192 characters: https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
export const MAX_CIDRS = 50;

const DISTRIBUTION = "E[A-Z0-9]{5,14}";
/** The letter after the generation says Graviton. */
const INSTANCE_TYPE = "[a-z]+[0-9]+g[a-z]*\\.([0-9a-z-]+|\\*)";
const SOURCE_BUCKET = "[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[^*?$,]*[*])?";
const BYTE = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";
const IPV4 = `(${BYTE}\\.){3}${BYTE}(/(3[0-2]|[12]?[0-9]))?`;
const GROUP = "[0-9a-fA-F]{1,4}";
/** Eight groups, or fewer with one `::`. */
const IPV6 = `((${GROUP}:){7}${GROUP}|(?=([^:]*:){2,7}[^:]*(/|,|$))((${GROUP}:)*${GROUP})?::((${GROUP}:)*${GROUP})?)(/(12[0-8]|1[01][0-9]|[1-9]?[0-9]))?`;
const CIDR = `(${IPV4}|${IPV6})`;

/** A list of one to `max` entries, separated by commas. */
function listOf(entry: string, max: number): string {
  return `${entry}(,${entry}){0,${max - 1}}`;
}

export class Parameters {
  readonly envName: CfnParameter;
  readonly console: CfnParameter;
  /** Of the new VPC. */
  readonly zones?: CfnParameter;
  private readonly network?: ExistingVpcParameters;
  readonly allowedCidrs: CfnParameter;
  readonly maxCallsPerDay: CfnParameter;
  /** A comma-separated text: ids of distributions, or `*`. */
  readonly distributions: CfnParameter;
  /** A comma-separated text; may be empty. */
  readonly sourceBuckets: CfnParameter;
  /** A comma-separated text. */
  readonly instanceTypes: CfnParameter;
  readonly onDemandPercent: CfnParameter;
  readonly amiId: CfnParameter;
  /** Resolved by CloudFormation when the stack is created or updated. */
  readonly latestAmi: CfnParameter;
  readonly firstByteSeconds: CfnParameter;
  readonly spotPricePerHour: CfnParameter;
  readonly caps: Readonly<Record<CapName, CfnParameter>>;
  readonly monitoring: CfnParameter;
  readonly alarmEmail: CfnParameter;
  readonly monthlyBudget: CfnParameter;
  readonly tracing: CfnParameter;
  readonly lambdaConcurrency: CfnParameter;
  readonly warmWritesPerSecond: CfnParameter;
  readonly stallSeconds: CfnParameter;

  private readonly groups = new Map<string, string[]>(GROUPS.map((group) => [group, []]));
  private readonly labels: Record<string, { readonly default: string }> = {};

  constructor(
    private readonly stack: Stack,
    { envName = DEFAULT_ENV_NAME, vpc }: ParametersOptions,
  ) {
    this.envName = this.add("envName", {
      group: "Deployment",
      label: "Name of the deployment",
      default: envName,
      allowedPattern: ENV_NAME_PATTERN,
      constraintDescription: ENV_NAME_CONSTRAINT,
      description: "Part of the Auto Scaling group's name, prewarm_asg_<envName>. Do not change it later.",
    });
    this.console = this.add("console", {
      group: "Deployment",
      label: "Web console",
      default: "on",
      allowedValues: ["on", "off"],
      description: "Whether GET /console serves the web console. It asks for the API key and shows nothing without it.",
    });
    if (vpc === "existing") this.network = this.networkParameters();
    else {
      this.zones = this.add("zones", {
        group: "Network",
        label: "Availability Zones",
        default: "3",
        allowedValues: ["2", "3"],
        description: "Availability Zones of the new VPC. Choose 2 if the account has no third zone in this region.",
      });
    }
    this.allowedCidrs = this.add("allowedCidrs", {
      group: "Access to the API",
      label: "Allowed addresses",
      default: "",
      allowedPattern: `(${listOf(CIDR, MAX_CIDRS)})?`,
      constraintDescription: `up to ${MAX_CIDRS} CIDR blocks or addresses, such as 203.0.113.0/24,2001:db8::/32, separated by commas without spaces; or nothing`,
      description:
        "CIDR blocks from which the API and the console may be called, separated by commas; empty: from everywhere. Callers with IPv6 need their IPv6 block, too. If the API is private, these are addresses inside the VPC.",
    });
    this.maxCallsPerDay = this.add("maxCallsPerDay", {
      group: "Access to the API",
      label: "API calls per day",
      type: "Number",
      default: 100_000,
      minValue: 1,
      maxValue: 100_000_000,
      description: "Calls of the API per day with the API key. A client that calls every second makes 86,400.",
    });
    this.instanceTypes = this.add("instanceTypes", {
      group: "Instances",
      label: "Instance types",
      default: DEFAULT_TYPES.join(","),
      maxLength: MAX_INSTANCE_TYPES_LENGTH,
      allowedPattern: listOf(INSTANCE_TYPE, MAX_INSTANCE_TYPES),
      constraintDescription: `up to ${MAX_INSTANCE_TYPES} Graviton instance types, such as c7gn.large or c7gn.*, separated by commas without spaces, in ${MAX_INSTANCE_TYPES_LENGTH} characters`,
      description:
        "Instance types of the agents, separated by commas; c7gn.* means every size. Graviton only. A type that a zone does not have is not used there.",
    });
    this.onDemandPercent = this.add("onDemandPercent", {
      group: "Instances",
      label: "On-Demand share",
      // A text: CloudFormation's Number may be 12.5, which Auto Scaling rejects.
      default: "0",
      allowedPattern: "100|[1-9]?[0-9]",
      constraintDescription: "a whole number from 0 to 100",
      description: "Percentage of the instances that are On-Demand Instances; the others are Spot Instances.",
    });
    this.amiId = this.add("amiId", {
      group: "Instances",
      label: "AMI ID",
      default: "",
      allowedPattern: "(ami-[0-9a-f]{8,17})?",
      constraintDescription: "empty, or the ID of an AMI: ami-…",
      description:
        "AMI of the instances: Amazon Linux 2023 for arm64. Empty: the newest one when the stack is created or updated.",
    });
    this.latestAmi = this.add("latestAmi", {
      group: "Instances",
      label: "Public parameter of the newest AMI",
      type: "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>",
      default: AMI_PARAMETER,
      description: "AWS Systems Manager public parameter that is used if amiId is empty. Leave it as it is.",
    });
    this.firstByteSeconds = this.add("firstByteSeconds", {
      group: "Instances",
      label: "First byte timeout",
      type: "Number",
      default: FIRST_BYTE_SECONDS,
      minValue: 1,
      maxValue: MAX_FIRST_BYTE_SECONDS,
      constraintDescription: `seconds from 1 to ${MAX_FIRST_BYTE_SECONDS}`,
      description: "Seconds that an agent waits for the first byte of a response.",
    });
    this.caps = {
      maxInstances: this.addCap("maxInstances"),
      maxTimeout: this.addCap("maxTimeout"),
      maxActiveRequests: this.addCap("maxActiveRequests"),
      maxTasks: this.addCap("maxTasks"),
      maxRequestBytes: this.addCap("maxRequestBytes"),
    };
    this.distributions = this.add("distributions", {
      group: "Limits of requests",
      label: "Distributions",
      default: "*",
      allowedPattern: `\\*|${listOf(DISTRIBUTION, MAX_DISTRIBUTIONS)}`,
      constraintDescription: `* for every distribution, or up to ${MAX_DISTRIBUTIONS} distribution IDs, such as E1ABCDEFGHIJKL, separated by commas without spaces`,
      description:
        "IDs of the distributions that may be warmed and invalidated, separated by commas; *: every distribution may be warmed, and every one of this account invalidated.",
    });
    this.sourceBuckets = this.add("sourceBuckets", {
      group: "Limits of requests",
      label: "Source buckets",
      default: "",
      maxLength: MAX_SOURCE_BUCKETS_LENGTH,
      allowedPattern: `(${listOf(SOURCE_BUCKET, MAX_SOURCE_BUCKETS)})?`,
      constraintDescription: `up to ${MAX_SOURCE_BUCKETS} buckets, or prefixes such as media-bucket/films/*, separated by commas without spaces, in ${MAX_SOURCE_BUCKETS_LENGTH} characters; or nothing`,
      description:
        "Buckets that the sources of requests may be read from, each as bucket or bucket/prefix*, separated by commas; empty: none.",
    });
    this.monitoring = this.add("monitoring", {
      group: "Monitoring and cost",
      label: "Alarms and dashboard",
      default: "on",
      allowedValues: ["on", "off", "full"],
      description:
        "on: six alarms. full: 22 alarms, with separate ones for the functions and streams, and a dashboard. off: neither.",
    });
    this.alarmEmail = this.add("alarmEmail", {
      group: "Monitoring and cost",
      label: "E-mail address for alarms",
      default: "",
      allowedPattern: "([^@\\s]+@[^@\\s]+)?",
      constraintDescription: "empty, or an e-mail address",
      description: "Address that alarms are sent to. It first receives an e-mail with a confirmation link.",
    });
    this.monthlyBudget = this.add("monthlyBudget", {
      group: "Monitoring and cost",
      label: "Monthly budget",
      // A text: as a Number, CloudFormation would accept 00, which is not equal to 0, and create a budget of 0 dollars.
      default: "0",
      allowedPattern: "0|[1-9][0-9]{0,5}|1000000",
      constraintDescription: "whole US dollars up to 1000000; 0 for no budget",
      description: "US dollars per month of the whole account at which alarmEmail receives a mail; 0: no budget.",
    });
    this.tracing = this.add("tracing", {
      group: "Monitoring and cost",
      label: "AWS X-Ray",
      default: "off",
      allowedValues: ["on", "off"],
      description: "Whether AWS X-Ray traces the API and the functions.",
    });
    this.spotPricePerHour = this.add("spotPricePerHour", {
      group: "Monitoring and cost",
      label: "Spot price for estimates",
      type: "Number",
      default: 0,
      minValue: 0,
      maxValue: 100,
      description:
        "US dollars per hour of a Spot Instance, for estimates (dry_run). It is not a bid. 0: about 40% of the On-Demand price in us-east-1.",
    });
    this.lambdaConcurrency = this.add("lambdaConcurrency", {
      group: "Throughput",
      label: "Concurrent executions",
      default: "low",
      allowedValues: ["low", "high"],
      description: `low: for accounts with as few as ten concurrent Lambda executions. high: more at once, and ${RESERVED_FOR_API} reserved for the API. The account needs at least 120 unreserved executions.`,
    });
    this.warmWritesPerSecond = this.add("warmWritesPerSecond", {
      group: "Throughput",
      label: "Warm write throughput",
      type: "Number",
      default: NEW_TABLE_WRITES,
      minValue: NEW_TABLE_WRITES,
      maxValue: MAX_TABLE_WRITES,
      constraintDescription: `write units a second from ${NEW_TABLE_WRITES} to ${MAX_TABLE_WRITES}`,
      description: `Results per second that the table takes from the beginning. AWS bills a one-time charge for the part above ${NEW_TABLE_WRITES}.`,
    });
    this.stallSeconds = this.add("stallSeconds", {
      group: "Throughput",
      label: "Stall timeout",
      type: "Number",
      default: STALL_SECONDS,
      minValue: 5,
      maxValue: 7_200,
      constraintDescription: "seconds from 5 to 7200",
      description:
        "Seconds without a result or a heartbeat after which a request's missing tasks are queued again. Other timeouts follow from it.",
    });
    stack.templateOptions.metadata = {
      ...stack.templateOptions.metadata,
      "AWS::CloudFormation::Interface": {
        ParameterGroups: [...this.groups]
          .filter(([, names]) => names.length > 0)
          .map(([label, names]) => ({ Label: { default: label }, Parameters: names })),
        ParameterLabels: this.labels,
      },
    };
  }

  /** @throws if the stack makes its own VPC */
  get existingVpc(): ExistingVpcParameters {
    if (this.network === undefined) throw new Error("the stack makes its own VPC");
    return this.network;
  }

  /** Environment variables of caps, for a function that checks them. @param names none: all of them */
  capsEnvironment(...names: readonly CapName[]): Record<string, string> {
    const chosen = names.length > 0 ? names : (Object.keys(CAPS) as CapName[]);
    return Object.fromEntries(chosen.map((name) => [CAPS[name].variable, this.caps[name].valueAsString]));
  }

  private add(id: string, { group, label, ...props }: Definition): CfnParameter {
    this.groups.get(group)?.push(id);
    this.labels[id] = { default: label };
    return new CfnParameter(this.stack, id, props);
  }

  private addCap(name: CapName): CfnParameter {
    const { default: value, min, max, unit, label, says } = CAPS[name];
    const group = name === "maxInstances" ? "Instances" : "Limits of requests";
    const common = { group, label, constraintDescription: `${unit} from ${min} to ${max}`, description: says } as const;
    // CloudFormation writes large numbers of a template with an exponent, so these are texts.
    if (String(max).length > 10) {
      const digits = `[1-9][0-9]{0,${String(max).length - 2}}|${max}`;
      return this.add(name, { ...common, default: String(value), allowedPattern: digits });
    }
    return this.add(name, { ...common, type: "Number", default: value, minValue: min, maxValue: max });
  }

  private networkParameters(): ExistingVpcParameters {
    const add = (id: string, label: string, type: string, description: string) =>
      this.add(id, { group: "Network", label, type, description });
    return {
      vpc: add("vpc", "VPC", "AWS::EC2::VPC::Id", "VPC to run the agents in"),
      subnet: add(
        "subnet",
        "Subnets",
        "List<AWS::EC2::Subnet::Id>",
        "Subnets of that VPC: public ones, or private ones with a route to a NAT gateway",
      ),
      sg: add(
        "sg",
        "Security group",
        "AWS::EC2::SecurityGroup::Id",
        "Security group of the agents. It must allow outbound DNS, HTTP and HTTPS; nothing needs to come in.",
      ),
      // Not AWS::EC2::KeyPair::KeyName: CloudFormation accepts no empty value for that type.
      key: this.add("key", {
        group: "Network",
        label: "Key pair",
        default: "",
        maxLength: 255,
        description:
          "Name of the key pair to log in to the agents with; empty: none. Session Manager works without it.",
      }),
      vpce: this.add("vpce", {
        group: "Access to the API",
        label: "Interface endpoint",
        default: "",
        allowedPattern: "(vpce-[0-9a-f]+)?",
        constraintDescription: "empty, or the ID of an interface endpoint: vpce-…",
        description:
          "Interface endpoint for execute-api. If given, the API is private and reached through this endpoint alone.",
      }),
    };
  }
}

// The parameters of both stacks, in the groups and under the labels that the CloudFormation console shows.
import { CfnCondition, CfnParameter, type CfnParameterProps, Fn, type Stack } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { keysOf } from "../domain/collections.ts";
import { DEFAULT_INSTANCE_TYPES, FIRST_BYTE_SECONDS, MAX_FIRST_BYTE_SECONDS } from "../domain/limits.ts";
import { CAPS, type CapName } from "../domain/request/caps.ts";
import { STALL_SECONDS } from "../domain/request/lifecycle.ts";
import { DEFAULT_ENV_NAME, ENV_NAME_CONSTRAINT, ENV_NAME_PATTERN } from "./context.ts";

interface Definition extends CfnParameterProps {
  readonly label: string;
}

/** Definitions by the names of parameters, by the groups of the console. */
type Groups = Readonly<Record<string, Readonly<Record<string, Definition>>>>;

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
export const MAX_DISTRIBUTIONS_LENGTH = 1_300;
export const MAX_SOURCE_BUCKETS = 20;
export const MAX_SOURCE_BUCKETS_LENGTH = 700;
export const MAX_INSTANCE_TYPES = 40;
export const MAX_INSTANCE_TYPES_LENGTH = 500;
/** A resource policy of API Gateway has 8,192 characters: https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
export const MAX_CIDRS = 50;

/** A distribution's id, or that of a distribution tenant. */
const DISTRIBUTION = "(E[A-Z0-9]{5,14}|dt_[0-9A-Za-z]{16,32})";
/** The letter g after the generation means Graviton. */
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

/** Those of both stacks, by the groups of the console, in its order. */
const GROUPS = {
  Deployment: {
    envName: {
      label: "Name of the deployment",
      default: DEFAULT_ENV_NAME,
      allowedPattern: ENV_NAME_PATTERN,
      constraintDescription: ENV_NAME_CONSTRAINT,
      description: "Part of the Auto Scaling group's name, prewarm_asg_<envName>. Do not change it later.",
    },
    console: {
      label: "Web console",
      default: "on",
      allowedValues: ["on", "off"],
      description: "Whether GET /console serves the web console. It asks for the API key and shows nothing without it.",
    },
  },
  // Each stack has its own.
  Network: {},
  "Access to the API": {
    allowedCidrs: {
      label: "Allowed addresses",
      default: "",
      allowedPattern: `(${listOf(CIDR, MAX_CIDRS)})?`,
      constraintDescription: `up to ${MAX_CIDRS} CIDR blocks or addresses, such as 203.0.113.0/24,2001:db8::/32, separated by commas without spaces; or nothing`,
      description:
        "CIDR blocks from which the API and the console may be called, separated by commas; empty: from everywhere. Callers with IPv6 need their IPv6 block, too. If the API is private, these are addresses inside the VPC.",
    },
    maxCallsPerDay: {
      label: "API calls per day",
      type: "Number",
      default: 100_000,
      minValue: 1,
      maxValue: 100_000_000,
      description: "Calls of the API per day with the API key. A client that calls every second makes 86,400.",
    },
  },
  Instances: {
    instanceTypes: {
      label: "Instance types",
      default: DEFAULT_INSTANCE_TYPES.join(","),
      maxLength: MAX_INSTANCE_TYPES_LENGTH,
      allowedPattern: listOf(INSTANCE_TYPE, MAX_INSTANCE_TYPES),
      constraintDescription: `up to ${MAX_INSTANCE_TYPES} Graviton instance types, such as c7gn.large or c7gn.*, separated by commas without spaces, in ${MAX_INSTANCE_TYPES_LENGTH} characters`,
      description:
        "Instance types of the agents, separated by commas; c7gn.* means every size. Graviton only. A type that a zone does not have is not used there.",
    },
    onDemandPercent: {
      label: "On-Demand share",
      // A text: CloudFormation's Number may be 12.5, which Auto Scaling rejects.
      default: "0",
      allowedPattern: "100|[1-9]?[0-9]",
      constraintDescription: "a whole number from 0 to 100",
      description: "Percentage of the instances that are On-Demand Instances; the others are Spot Instances.",
    },
    amiId: {
      label: "AMI ID",
      default: "",
      allowedPattern: "(ami-[0-9a-f]{8,17})?",
      constraintDescription: "empty, or the ID of an AMI: ami-…",
      description:
        "AMI of the instances: Amazon Linux 2023 for arm64. Empty: the newest one when the stack is created or updated.",
    },
    latestAmi: {
      label: "Public parameter of the newest AMI",
      type: "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>",
      default: AMI_PARAMETER,
      description: "AWS Systems Manager public parameter that is used if amiId is empty. Leave it as it is.",
    },
    firstByteSeconds: {
      label: "First byte timeout",
      type: "Number",
      default: FIRST_BYTE_SECONDS,
      minValue: 1,
      maxValue: MAX_FIRST_BYTE_SECONDS,
      constraintDescription: `seconds from 1 to ${MAX_FIRST_BYTE_SECONDS}`,
      description: "Seconds that an agent waits for the first byte of a response.",
    },
    maxInstances: capDefinition("maxInstances"),
  },
  "Limits of requests": {
    maxTimeout: capDefinition("maxTimeout"),
    maxActiveRequests: capDefinition("maxActiveRequests"),
    maxTasks: capDefinition("maxTasks"),
    maxRequestBytes: capDefinition("maxRequestBytes"),
    maxDailyTasks: capDefinition("maxDailyTasks"),
    maxDailyBytes: capDefinition("maxDailyBytes"),
    distributions: {
      label: "Distributions",
      default: "*",
      maxLength: MAX_DISTRIBUTIONS_LENGTH,
      allowedPattern: `\\*|${listOf(DISTRIBUTION, MAX_DISTRIBUTIONS)}`,
      constraintDescription: `* for every distribution, or up to ${MAX_DISTRIBUTIONS} IDs of distributions, such as E1ABCDEFGHIJKL, and of distribution tenants, such as dt_2wjDZi3hD1ivOXf6rpZJO1AB, separated by commas without spaces, in ${MAX_DISTRIBUTIONS_LENGTH} characters`,
      description:
        "IDs of the distributions and distribution tenants that may be warmed and invalidated, separated by commas; *: every distribution may be warmed, and every one of this account invalidated.",
    },
    sourceBuckets: {
      label: "Source buckets",
      default: "",
      maxLength: MAX_SOURCE_BUCKETS_LENGTH,
      allowedPattern: `(${listOf(SOURCE_BUCKET, MAX_SOURCE_BUCKETS)})?`,
      constraintDescription: `up to ${MAX_SOURCE_BUCKETS} buckets, or prefixes such as media-bucket/films/*, separated by commas without spaces, in ${MAX_SOURCE_BUCKETS_LENGTH} characters; or nothing`,
      description:
        "Buckets that the sources of requests may be read from, each as bucket or bucket/prefix*, separated by commas; empty: none.",
    },
  },
  "Monitoring and cost": {
    monitoring: {
      label: "Alarms and dashboard",
      default: "on",
      allowedValues: ["on", "off", "full"],
      description:
        "on: seven alarms. full: 23 alarms, with separate ones for the functions and streams, and a dashboard. off: neither.",
    },
    alarmEmail: {
      label: "E-mail address for alarms",
      default: "",
      allowedPattern: "([^@\\s]+@[^@\\s]+)?",
      constraintDescription: "empty, or an e-mail address",
      description: "Address that alarms are sent to. It first receives an e-mail with a confirmation link.",
    },
    alarmBytesPerHour: {
      label: "Bytes per hour for an alarm",
      ...wholeNumber("bytes", { default: 1_000_000_000_000, min: 1, max: 1_000_000_000_000_000 }),
      description: "Bytes that all requests may transfer within an hour before an alarm is sent.",
    },
    tracing: {
      label: "AWS X-Ray",
      default: "off",
      allowedValues: ["on", "off"],
      description: "Whether AWS X-Ray traces the API and the functions.",
    },
    spotPricePerHour: {
      label: "Spot price for estimates",
      type: "Number",
      default: 0,
      minValue: 0,
      maxValue: 100,
      description:
        "US dollars per hour of a Spot Instance, for estimates (dry_run). It is not a bid. 0: about 40% of the On-Demand price in us-east-1.",
    },
  },
  Throughput: {
    lambdaConcurrency: {
      label: "Concurrent executions",
      default: "low",
      allowedValues: ["low", "high"],
      description: `low: for accounts with as few as ten concurrent Lambda executions. high: more at once, and ${RESERVED_FOR_API} reserved for the API. The account needs at least 120 unreserved executions.`,
    },
    warmWritesPerSecond: {
      label: "Warm write throughput",
      type: "Number",
      default: NEW_TABLE_WRITES,
      minValue: NEW_TABLE_WRITES,
      maxValue: MAX_TABLE_WRITES,
      constraintDescription: `write units a second from ${NEW_TABLE_WRITES} to ${MAX_TABLE_WRITES}`,
      description: `Results per second that the table takes from the beginning. AWS bills a one-time charge for the part above ${NEW_TABLE_WRITES}.`,
    },
    stallSeconds: {
      label: "Stall timeout",
      type: "Number",
      default: STALL_SECONDS,
      minValue: 5,
      maxValue: 7_200,
      constraintDescription: "seconds from 5 to 7200",
      description:
        "Seconds without a result or a heartbeat after which a request's missing tasks are queued again. Other timeouts follow from it.",
    },
  },
} satisfies Groups;

/** Those of the stack that makes a VPC. */
export const NEW_VPC = {
  ...GROUPS,
  Network: {
    zones: {
      label: "Availability Zones",
      default: "3",
      allowedValues: ["2", "3"],
      description: "Availability Zones of the new VPC. Choose 2 if the account has no third zone in this region.",
    },
  },
} satisfies Groups;

/** Those of the stack in an existing VPC. */
export const EXISTING_VPC = {
  ...GROUPS,
  Network: {
    vpc: {
      label: "VPC",
      type: "AWS::EC2::VPC::Id",
      description: "VPC to run the agents in",
    },
    subnet: {
      label: "Subnets",
      type: "List<AWS::EC2::Subnet::Id>",
      description:
        "Subnets of that VPC: public ones that assign public IPv4 addresses, or private ones with a route to a NAT gateway",
    },
    sg: {
      label: "Security group",
      type: "AWS::EC2::SecurityGroup::Id",
      description:
        "Security group of the agents. It must allow outbound DNS, HTTP and HTTPS; nothing needs to come in.",
    },
    // Not AWS::EC2::KeyPair::KeyName: CloudFormation accepts no empty value for that type.
    key: {
      label: "Key pair",
      default: "",
      maxLength: 255,
      description: "Name of the key pair to log in to the agents with; empty: none. Session Manager works without it.",
    },
  },
  "Access to the API": {
    vpce: {
      label: "Interface endpoint",
      default: "",
      allowedPattern: "(vpce-[0-9a-f]+)?",
      constraintDescription: "empty, or the ID of an interface endpoint: vpce-…",
      description:
        "Interface endpoint for execute-api. If given, the API is private and reached through this endpoint alone.",
    },
    ...GROUPS["Access to the API"],
  },
} satisfies Groups;

type NameIn<Group> = Group extends unknown ? keyof Group : never;

/** Parameters by the names of their definitions. */
type ParametersOf<G extends Groups> = Readonly<Record<NameIn<G[keyof G]>, CfnParameter>>;

/** The parameters that both stacks have. */
export type Parameters = ParametersOf<typeof GROUPS>;

/**
 * Adds the parameters of a stack, and the groups and labels that the CloudFormation console shows.
 * @param envName default of the parameter of that name
 */
export function addParameters<G extends Groups>(stack: Stack, groups: G, envName = DEFAULT_ENV_NAME): ParametersOf<G> {
  const all = Object.values(groups).flatMap((definitions) => Object.entries(definitions));
  stack.addMetadata("AWS::CloudFormation::Interface", {
    ParameterGroups: Object.entries(groups).map(([group, definitions]) => ({
      Label: { default: group },
      Parameters: Object.keys(definitions),
    })),
    ParameterLabels: Object.fromEntries(all.map(([name, { label }]) => [name, { default: label }])),
  });
  const parameters = all.map(([name, { label: _, ...props }]) => {
    const own = name === "envName" ? { default: envName } : {};
    return [name, new CfnParameter(stack, name, { ...props, ...own })];
  });
  // The groups have every name.
  return Object.fromEntries(parameters) as ParametersOf<G>;
}

/** A condition that holds unless the value is empty. */
export function isGiven(scope: Construct, id: string, value: string): CfnCondition {
  return new CfnCondition(scope, id, { expression: Fn.conditionNot(Fn.conditionEquals(value, "")) });
}

/** Environment variables of the caps, for a function that checks them. */
export function capsEnvironment(parameters: Parameters): Record<string, string> {
  return Object.fromEntries(keysOf(CAPS).map((name) => [CAPS[name].variable, parameters[name].valueAsString]));
}

function capDefinition(name: CapName): Definition {
  const { unit, label, description, ...bounds } = CAPS[name];
  return { label, ...wholeNumber(unit, bounds), description };
}

interface Bounds {
  readonly default: number;
  readonly min: number;
  readonly max: number;
}

function wholeNumber(unit: string, { default: value, min, max }: Bounds): CfnParameterProps {
  const constraintDescription = `${unit} from ${min} to ${max}`;
  // CloudFormation writes large numbers of a template with an exponent, so these are texts.
  if (String(max).length > 10) {
    const digits = `[1-9][0-9]{0,${String(max).length - 2}}|${max}`;
    return { constraintDescription, default: String(value), allowedPattern: digits };
  }
  return { constraintDescription, type: "Number", default: value, minValue: min, maxValue: max };
}

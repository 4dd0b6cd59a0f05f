import { readFileSync, writeFileSync } from "node:fs";
import { urlsPerMessage } from "../../domain/plan/messages.ts";
import { shardCount } from "../../domain/plan/task-key.ts";
import { MAX_INSTANCES, MAX_MESSAGE_BYTES, MAX_URLS } from "../../domain/request/limits.ts";
import { ROOT } from "../local/paths.ts";
import { table } from "../markdown-table.ts";
import { keptFindings } from "./report.ts";
import { readable } from "./statistics.ts";

const PAGE = `${ROOT}docs/scaling.md`;
const MARKS = ["<!-- computed: npm run bench:scaling -->", "<!-- end of what is computed -->"] as const;

/** List prices of us-east-1 in dollars; when and where they were read stands in docs/scaling.md. */
const PRICE = {
  sqsCall: 0.4e-6,
  dynamoWriteUnit: 0.625e-6,
  dynamoStorageGbMonth: 0.25,
  lambdaGbSecond: 1.33334e-5,
  lambdaCall: 0.2e-6,
  /** c7gn.large, Spot being about 40 % of On-Demand. */
  instanceHour: 0.1248 * 0.4,
  publicAddressHour: 0.005,
  /** CloudFront to the internet, first 10 TB a month, North America: to other continents up to about twice as much. */
  edgeGigabyte: 0.085,
  edgeRequest: 1e-6,
};

/** Quotas that a new account has, or that AWS does not raise. */
const QUOTA = {
  /** DynamoDB on-demand, a table: write units a second; adjustable. */
  tableWrites: 40_000,
  /** Messages in flight of a standard queue. */
  inFlight: 120_000,
  /** Spot vCPUs of standard families a region that a new account often starts with; adjustable. */
  spotVcpus: 640,
  /** CloudFront requests a second a distribution; adjustable. */
  edgeRequests: 250_000,
  /** Gbit/s a distribution; adjustable. */
  edgeGigabits: 150,
};

/** Of c7gn.large: cores, and what it may send and receive for long, in Gbit/s. */
const INSTANCE = { cores: 2, gigabits: 6.25 };
/** A minute to boot, install and start. */
const BOOT_SECONDS = 60;
const RESULT_BYTES = 700;
const BATCH = { sqs: 10, aggregation: 1_000 };
/** SQS bills a call for every 64 KiB that it carries. */
const SQS_CALL_BYTES = 65_536;
/**
 * Memory with which a function has a whole core: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
 */
const LAMBDA_GB_A_CORE = 1.728;

const units = Object.assign({}, ...Object.values(keptFindings()).map(({ findings }) => findings.units ?? {})) as Units;

interface Units {
  readonly agentCpuMicros: number;
  readonly fanOutTasksPerSecond: number;
  readonly aggregationCpuMicros: number;
  readonly getSizeUrlsPerSecond: number;
  readonly largeMBPerSecond: number;
}

const KINDS = [
  { name: "10 KB", bytes: 10_000 },
  { name: "100 MB", bytes: 100_000_000 },
];
const SIZES = [1e4, 1e5, 1e6, 1e7, 1e8];

/** Computes with as many instances as work for about ten minutes, and with one at least. */
function compute(tasks: number, bytes: number) {
  const coreSeconds = Math.max((tasks * units.agentCpuMicros) / 1e6, (tasks * bytes) / (units.largeMBPerSecond * 1e6));
  const linkSeconds = (tasks * bytes * 8) / (INSTANCE.gigabits * 1e9);
  const instanceSeconds = Math.max(coreSeconds / INSTANCE.cores, linkSeconds);
  const instances = Math.min(MAX_INSTANCES, Math.max(1, Math.ceil(instanceSeconds / 600)));
  const requests = Math.ceil(tasks / (MAX_URLS * 200));
  const perMessage =
    bytes > 2 ** 24 ? 1 : Math.min(urlsPerMessage(tasks / requests, instances), Math.floor(MAX_MESSAGE_BYTES / 100));
  const messages = tasks / perMessage;
  const bytesPerMessage = 400 + perMessage * 90;
  const chunks = Math.max(1, Math.ceil((BATCH.sqs * bytesPerMessage) / SQS_CALL_BYTES));
  const work = instanceSeconds / instances;
  const seconds = Math.max(work, tasks / QUOTA.tableWrites, (tasks * bytes * 8) / (QUOTA.edgeGigabits * 1e9));
  const sqsCalls = (messages / BATCH.sqs) * (2 * chunks + 1);
  const lambdaCoreSeconds =
    (tasks * units.aggregationCpuMicros) / 1e6 +
    tasks / units.fanOutTasksPerSecond +
    Math.min(tasks, requests * MAX_URLS) / units.getSizeUrlsPerSecond;
  const money = {
    sqs: sqsCalls * PRICE.sqsCall,
    table: tasks * PRICE.dynamoWriteUnit + ((tasks * RESULT_BYTES) / 1e9) * PRICE.dynamoStorageGbMonth,
    lambda:
      lambdaCoreSeconds * LAMBDA_GB_A_CORE * PRICE.lambdaGbSecond + (tasks / BATCH.aggregation) * PRICE.lambdaCall,
    instances: instances * ((seconds + BOOT_SECONDS) / 3_600) * (PRICE.instanceHour + PRICE.publicAddressHour),
    edge: ((tasks * bytes) / 1e9) * PRICE.edgeGigabyte + tasks * PRICE.edgeRequest,
  };
  const rate = tasks / seconds;
  const binds = first([
    ["instances a group (300, ours)", instances / MAX_INSTANCES],
    ["Spot vCPUs (640, adjustable)", (instances * INSTANCE.cores) / QUOTA.spotVcpus],
    ["DynamoDB writes a table (40,000/s, adjustable)", tasks / work / QUOTA.tableWrites],
    ["CloudFront requests a distribution (250,000/s, adjustable)", tasks / work / QUOTA.edgeRequests],
    [
      "CloudFront throughput a distribution (150 Gbit/s, adjustable)",
      (tasks * bytes * 8) / work / 1e9 / QUOTA.edgeGigabits,
    ],
    ["messages in flight (120,000)", Math.min(messages, instances * 1_024) / QUOTA.inFlight],
  ]);
  return { instances, requests, seconds, rate, sqsCalls, perMessage, money, binds };
}

/** The quota that is nearest, and how much of it is used. */
function first(quotas: readonly (readonly [name: string, used: number])[]): string {
  const [name, used] = quotas.reduce((a, b) => (b[1] > a[1] ? b : a));
  return used >= 0.995 ? `**${name}**` : `none; nearest: ${name}, ${readable(used * 100)} %`;
}

function kindTables({ name, bytes }: (typeof KINDS)[number]): string {
  const rows = SIZES.map((tasks) => ({ tasks, ...compute(tasks, bytes) }));
  const time = table(
    ["tasks", "instances", "time without boot", "tasks/s", "shards a request", "SQS calls", "first quota that binds"],
    rows.map((it) => [
      it.tasks.toExponential(0).replace("e+", " × 10^"),
      String(it.instances),
      duration(it.seconds),
      readable(it.rate),
      String(shardCount(it.tasks / it.requests)),
      readable(it.sqsCalls),
      it.binds,
    ]),
  );
  const money = table(
    ["tasks", "SQS", "tables", "Lambda", "instances", "sum", "CloudFront itself"],
    rows.map(({ tasks, money: m }) => [
      tasks.toExponential(0).replace("e+", " × 10^"),
      ...[m.sqs, m.table, m.lambda, m.instances, m.sqs + m.table + m.lambda + m.instances, m.edge].map(dollars),
    ]),
  );
  return `### Objects of ${name}\n\n${time}\n\n${money}`;
}

function duration(seconds: number): string {
  if (seconds < 120) return `${readable(seconds)} s`;
  return seconds < 7_200 ? `${readable(seconds / 60)} min` : `${readable(seconds / 3_600)} h`;
}

function dollars(value: number): string {
  return value < 0.01 ? "< $0.01" : `$${readable(value)}`;
}

const missing = [
  "agentCpuMicros",
  "fanOutTasksPerSecond",
  "aggregationCpuMicros",
  "getSizeUrlsPerSecond",
  "largeMBPerSecond",
].filter((name) => !(name in units));
if (missing.length > 0) {
  console.error(`Not measured yet, run \`npm run bench\` first: ${missing.join(", ")}`);
  process.exitCode = 1;
} else {
  const costs = table(
    ["unit cost, measured", "value"],
    [
      ["agent, CPU a small task", `${readable(units.agentCpuMicros)} µs`],
      ["agent, large objects, one core", `${readable(units.largeMBPerSecond)} MB/s`],
      ["fan-out, one function", `${readable(units.fanOutTasksPerSecond)} tasks/s`],
      ["aggregation, CPU a record", `${readable(units.aggregationCpuMicros)} µs`],
      ["Get Size, one function", `${readable(units.getSizeUrlsPerSecond)} URLs/s`],
    ],
  );
  const computed = [costs, ...KINDS.map(kindTables)].join("\n\n");
  const page = readFileSync(PAGE, "utf8");
  const [before] = page.split(MARKS[0]);
  const after = page.split(MARKS[1])[1];
  writeFileSync(PAGE, `${before}${MARKS[0]}\n\n${computed}\n\n${MARKS[1]}${after}`);
  console.log(computed);
}

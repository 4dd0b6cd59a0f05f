// An environment for functions and the agent, in which every variable has a value of its own, and a server that is AWS: it
// records in which calls which of these values occur. So a test sees where each variable ends, whatever lies between.
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { addressOf } from "../../../tools/local/ports.ts";

/** Variables that name a resource. Each value has its variable's name in it. */
const RESOURCES = [
  "REQUEST_TABLE",
  "REQUEST_POP_TABLE",
  "REQUEST_TASK_TABLE",
  "PROGRESS_TABLE",
  "BUCKET",
  "QUEUE_URL",
  "EXPRESS_QUEUE_URL",
  "DEAD_LETTER_QUEUE_URL",
  "FAILED_BATCHES_URL",
  "GROUP_NAME",
  "SCHEDULE_GROUP",
  "SCHEDULE_ROLE_ARN",
  "SHUTDOWN_ARN",
  "EXPAND_ARN",
  "AWS_LAMBDA_FUNCTION_NAME",
  "REST_API",
  "READ_KEY_ID",
  "SOURCE_BUCKETS",
  "PREWARM_INSTANCE_ID",
] as const;
export type Resource = (typeof RESOURCES)[number];

/** In no value is another one contained. */
const nameOf = (variable: Resource) => `the-${variable.toLowerCase().replaceAll("_", "-")}-x`;

function textOf(variable: Resource) {
  return variable.endsWith("_URL")
    ? `https://sqs.eu-west-1.amazonaws.com/123456789012/${nameOf(variable)}`
    : nameOf(variable);
}

/** Variables that are numbers or words; no two are equal, and none has its default. */
export const WORDS = {
  API_URL: "https://api.example.com/prod/",
  DISTRIBUTIONS: "E1ALLOWED, E2ALLOWED",
  STALL_SECONDS: "1234",
  ENV_NAME: "staging",
  VERSION: "7.8.9",
  INSTANCE_TYPES: "m7gn.4xlarge, c7gn.xlarge, c6gn.large",
  SPOT_PRICE_PER_HOUR: "0.77",
  ON_DEMAND_PERCENT: "25",
  VPC_ENDPOINT: "vpce-1",
  MAX_INSTANCES: "31",
  MAX_TIMEOUT: "37",
  MAX_ACTIVE_REQUESTS: "41",
  MAX_TASKS: "43",
  MAX_REQUEST_BYTES: "47",
  MAX_DAILY_TASKS: "71",
  MAX_DAILY_BYTES: "73",
  PREWARM_KEPT_ERROR_SECONDS: "53",
  PREWARM_FIRST_BYTE_SECONDS: "59",
  PREWARM_IDLE_MINUTES: "61",
  PREWARM_WORKERS: "5",
  PREWARM_ALLOW_PRIVATE_ADDRESSES: "true",
  VISIBILITY_SECONDS: "67",
  CONSOLE: "off",
} as const;

export type RecordingAws = Awaited<ReturnType<typeof recordingAws>>;

/** Answers every call with as little as its client takes, and never fails. */
export async function recordingAws() {
  let seen: Resource[] = [];
  const server = createServer(async (request, response) => {
    const target = String(request.headers["x-amz-target"] ?? "");
    const isJson = target !== "";
    const call = decodeURIComponent(`${request.url} ${await text(request)}`);
    for (const variable of RESOURCES) if (call.includes(nameOf(variable))) seen.push(variable);
    const item = target.endsWith(".GetItem") && aws.item !== undefined ? { Item: aws.item } : {};
    response
      .writeHead(200, { "content-type": isJson ? "application/x-amz-json-1.0" : "text/xml" })
      .end(isJson ? JSON.stringify(item) : bodyOf(call));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const aws = {
    /** Everything that AWS and the functions' own look-ups need, with the address of this server. */
    env: {
      ...WORDS,
      ...Object.fromEntries(RESOURCES.map((variable) => [variable, textOf(variable)])),
      AWS_ENDPOINT_URL: `http://127.0.0.1:${addressOf(server).port}`,
      AWS_REGION: "eu-west-1",
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
    },
    /** Runs something, and returns the variables whose values its calls had, each once, in order. */
    async named(run: () => Promise<unknown>) {
      seen = [];
      await run();
      return [...new Set(seen)];
    },
    /** What a call of DynamoDB's GetItem answers. */
    item: undefined as object | undefined,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  return aws;
}

/** Answers in XML, as far as somebody reads them: the group of agents, and services that have nothing to tell. */
function bodyOf(call: string) {
  if (call.includes("DescribeAutoScalingGroups"))
    return "<DescribeAutoScalingGroupsResponse><DescribeAutoScalingGroupsResult><AutoScalingGroups><member><DesiredCapacity>3</DesiredCapacity><MaxSize>9</MaxSize></member></AutoScalingGroups></DescribeAutoScalingGroupsResult></DescribeAutoScalingGroupsResponse>";
  if (call.startsWith("/restapis/")) return JSON.stringify({ id: "a-deployment" });
  return "";
}

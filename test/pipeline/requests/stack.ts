// Provides the pipeline in one process as the end-to-end tests ask a deployed stack, with the same site at the same POPs.
import { type Estimate, estimateSchema } from "../../../domain/cost/estimate.ts";
import { isTerminal, statusSchema } from "../../../domain/request/lifecycle.ts";
import { type TaskResult, taskResultSchema } from "../../../domain/result/task-result.ts";
import { problemWith } from "../../../tools/local/api-client.ts";
import type { StandInOptions } from "../../../tools/local/stand-in-edge.ts";
import { world } from "../../../tools/local/world.ts";
import type { CloudFrontAccount } from "../../../tools/memory-aws/cloudfront-account.ts";
import { accountOf, type DistributionKind } from "../../../tools/memory-aws/distribution-kinds.ts";
import { type HttpAnswer, type Inventory, StackClient } from "../../e2e/stack-client.ts";
import { DOMAIN, DOMAINS, Pipeline } from "../pipeline.ts";
import { plainItem } from "../trace.ts";

const POLL_MS = 1_000;
const HOUR_MS = 3_600_000;

interface PipelineStackOptions {
  /** @default that of the demo */
  readonly edge?: StandInOptions;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly bootsApartMs?: number;
}

/** What a request that changes nothing leaves as it is. */
interface PipelineInventory extends Inventory {
  /** Items of all tables. */
  readonly items: number;
  /** Messages that were ever sent. */
  readonly messages: number;
  readonly instances: number;
}

/**
 * Registers one pipeline for all tests of a file, and brings it to rest after each, so that no test sees what another did.
 * @returns the stack, which is there when tests run
 */
export function pipelineStack(options: PipelineStackOptions = {}): PipelineStack {
  let stack: PipelineStack | undefined;
  beforeAll(async () => {
    const { aliases: _, distribution = "standard", invalidationMs = 0, ...edge } = options.edge ?? world;
    const { parameters = {}, bootsApartMs = 0 } = options;
    const account = typeof distribution === "string" ? accountWith(distribution) : distribution;
    stack = new PipelineStack(await Pipeline.start({ edge, account, invalidationMs, parameters, bootsApartMs }));
  });
  afterEach(() => stack?.reset());
  afterAll(() => stack?.pipeline.close());
  return new Proxy(Object.create(PipelineStack.prototype), {
    get: (_, name) => {
      if (stack === undefined) throw new Error("the pipeline has not started");
      return Reflect.get(stack, name);
    },
  });
}

function accountWith(kind: DistributionKind): CloudFrontAccount {
  const [first, ...others] = DOMAINS;
  const account = accountOf(kind, first);
  return { ...account, distributions: [...account.distributions, ...others] };
}

export class PipelineStack extends StackClient {
  constructor(readonly pipeline: Pipeline) {
    super({ intervalMs: POLL_MS, timeoutMs: HOUR_MS });
  }

  /** Starts a request, and waits until it is finished. @returns its progress */
  async warm(request: Record<string, unknown>): Promise<Record<string, unknown>> {
    return this.until(await this.start(request), "FINISHED");
  }

  /** The estimate of a request. Expects that the dry run changes nothing. */
  async estimated(request: Record<string, unknown>): Promise<Estimate> {
    const before = await this.inventory();
    const { status, json } = await this.post("prewarm", { ...request, dry_run: true });
    expect([status, json["error_message"], json["request_id"]]).toEqual([200, "", ""]);
    expect(await this.inventory()).toEqual(before);
    return estimateSchema.parse(json["estimate"]);
  }

  get standIn() {
    return { edge: this.pipeline.edge, domain: DOMAIN };
  }

  async call(method: "GET" | "POST", path: string, body?: string): Promise<HttpAnswer> {
    const answer = await this.pipeline.apiWithText(method, path, body);
    const problem = problemWith({ method, path, status: answer.status, body: answer.json });
    if (problem !== undefined) throw new Error(`not as described: ${problem}: ${JSON.stringify(answer.json)}`);
    return answer;
  }

  async inventory(): Promise<PipelineInventory> {
    const { aws, deployment } = this.pipeline;
    return {
      requests: this.pipeline.items("StorageRequest").length,
      schedules: aws.scheduler.schedules.size,
      objects: this.objectsOf("").length,
      capacity: aws.autoScaling.desired,
      items: deployment.tables.reduce((sum, { name }) => sum + aws.dynamoDb.items(name).length, 0),
      messages: aws.sqs.sent.length,
      instances: aws.autoScaling.instances.length,
    };
  }

  /** Keys of the stack's bucket that begin so. */
  objectsOf(prefix: string): string[] {
    return this.pipeline.aws.s3.keys(this.pipeline.deployment.bucket, prefix);
  }

  async taskResults(reqId: string): Promise<TaskResult[]> {
    return this.pipeline
      .items("StorageRequestTask")
      .filter((item) => item["req_id"]?.["S"] === reqId)
      .map((item) => taskResultSchema.parse(plainItem(item)));
  }

  async untilAgents(count: number): Promise<void> {
    const { pipeline } = this;
    const { autoScaling } = pipeline.aws;
    await pipeline.until(
      () => autoScaling.desired === count && pipeline.agentCount === count,
      `${count} instances wanted and running`,
    );
  }

  /**
   * Resets the pipeline: no fault, no active request. Instances and timers have to go by themselves once no request is active.
   * @throws Error if they remain, or if the services in memory failed
   */
  async reset(): Promise<void> {
    const { pipeline } = this;
    this.setFaults(undefined);
    for (const item of pipeline.items("StorageRequest")) {
      if (isTerminal(statusSchema.parse(item["status"]?.["S"]))) continue;
      await this.post("instances", { DesiredCapacity: 0, req_id: item["req_id"]?.["S"], force_stop: true });
    }
    await this.untilAgents(0);
    await pipeline.until(() => pipeline.aws.scheduler.schedules.size === 0, "no timer is left");
    if (pipeline.aws.faults.length > 0) throw new AggregateError(pipeline.aws.faults, "the AWS APIs in memory failed");
  }
}

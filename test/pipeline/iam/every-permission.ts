// One stack's life in which every permission is used: requests of every kind, calls that fail, messages and events that are lost.
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { end, listen } from "../../../tools/listen.ts";
import { accountOf, STAGING_HEADER } from "../../../tools/memory-aws/distribution-kinds.ts";
import type { AwsCall } from "../../../tools/memory-aws/memory-aws.ts";
import {
  DEAD_POP,
  DOMAINS,
  EDGE,
  FRANKFURT,
  HOST,
  type Pipeline,
  type PipelineOptions,
  SINGAPORE,
  SYDNEY,
  TOKYO,
} from "../pipeline.ts";
import { failGet, text, urlsOf } from "../scenarios.ts";

const TENANT = { id: "E3PREWARM", domain: "d333333abcdef8.cloudfront.net", aliases: ["tenant.example.com"] };
const [PRIMARY, OTHER] = DOMAINS;
const [staging, guarded, tenants] = [
  accountOf("staging", PRIMARY),
  accountOf("waf-rate", OTHER),
  accountOf("tenants", TENANT),
];
/** The map of POPs to regional edge caches names another one. */
const MISPLACED = SYDNEY[1];
const FOREIGN = "d999999abcdef8.cloudfront.net";
const STAGING = staging.distributions[1]?.domain ?? "";

/** The stack with a private API has every function. The account has what each of its calls reads. */
export const STACK: PipelineOptions = {
  stack: "PrewarmExistingVpcStack",
  parameters: { sourceBuckets: "media,docs/site/*", distributions: "*", stallSeconds: "60", tracing: "on" },
  account: {
    ...tenants,
    ...guarded,
    ...staging,
    distributions: [staging, guarded, tenants].flatMap(({ distributions }) => distributions),
  },
  edge: {
    pops: EDGE.pops.map(({ pop, rec }) => ({ pop, rec: pop === MISPLACED ? "elsewhere" : rec })),
    distributions: [
      ...DOMAINS.map(({ domain, aliases }) => ({ domain, aliases })),
      { domain: tenants.connectionGroups?.[0]?.RoutingEndpoint ?? "", aliases: TENANT.aliases },
    ],
  },
};

const SITE = {
  "/small/0.bin": { size: 1_001 },
  "/small/1.bin": { size: 2_002 },
  // Its request goes into the bulk lane: its probed size is that of a large file.
  "/large/0.bin": { size: 3_003, probedSize: 300 * 2 ** 20 },
  "/large/1.bin": { size: 4_004 },
  "/list.txt": text(`https://${HOST}/small/0.bin\n`),
};
const small = urlsOf({ "/small/0.bin": 0, "/small/1.bin": 0 } as never);
const large = urlsOf({ "/large/0.bin": 0, "/large/1.bin": 0 } as never);
const POPS = [...FRANKFURT, ...SINGAPORE];
/** Longer than a step may stand still in this stack. */
const STALL_MS = 150_000;

type Body = Readonly<Record<string, unknown>>;

/** Uses every permission of a stack that is used by any code. */
export async function useEveryPermission(pipeline: Pipeline): Promise<void> {
  for (const [path, object] of Object.entries(SITE)) pipeline.edge.addObject(path, object);
  await new Life(pipeline).run();
}

class Life {
  constructor(private readonly pipeline: Pipeline) {}

  async run(): Promise<void> {
    await this.ordinaryRequests();
    await this.documents();
    await this.requestsThatFail();
    await this.callsThatFail();
    await this.deadLetters();
    await this.stops();
    await this.lostMessages();
    await this.stalledSteps();
    await this.recountInParts();
    await this.customResources();
  }

  /** In both lanes, with an invalidation, a failure, a retry, and each page of the API. */
  private async ordinaryRequests(): Promise<void> {
    const { aws, edge } = this.pipeline;
    edge.setFaults(failGet(/small\/1/, { kind: "status", status: 403 }, SINGAPORE));
    const body = { url_list: small, need_invalidate: true, client_token: "once", origin: { concurrency: 2 } };
    const first = await this.post(body);
    if ((await this.post(body)) !== first) throw new Error("the token made two requests");
    await this.pipeline.untilInProgress(first);
    await this.pipeline.call("GET", `prewarm?req_id=${first}`);
    await this.pipeline.untilClosed(first);
    edge.setFaults(undefined);
    for (const page of ["requests", "instances"]) await this.pipeline.call("GET", page);
    const { results_url: results } = await this.pipeline.call("GET", `summary?req_id=${first}`);
    if (!(await fetch(String(results))).ok) throw new Error(`${results} cannot be read`);
    await this.post({ url_list: small, dry_run: true });
    await this.distributions();
    await this.closed({ retry_of: first });
    // A POP whose sample shows that another regional edge cache serves it leads for itself.
    await this.closed({ url_list: small, pops: SYDNEY, scope: "regional" });

    // An agent dies before it deletes a message; another one receives it again, and one that it cannot read.
    this.on({ role: "agent", operation: "DeleteMessageBatch", resource: /Tasks/ }, "die");
    const second = await this.post({ url_list: large });
    await aws.sqs.call("SendMessage", { QueueUrl: this.queue("TaskQueueTasks"), MessageBody: "unreadable" });
    await this.pipeline.untilClosed(second);
    // An agent dies with a permit, which another one reclaims.
    this.on({ role: "agent", operation: "BatchWriteItem", resource: /StorageRequestTask/ }, "die");
    await this.closed({ url_list: small, origin: { concurrency: 1 } });
  }

  /** A staging distribution with its header, one with a web ACL, and a tenant. */
  private async distributions(): Promise<void> {
    const { Header, Value } = STAGING_HEADER;
    const url_list = [`https://${STAGING}/small/0.bin`];
    await this.post({ url_list, cf_domain: STAGING, header: [`${Header}: ${Value}`], dry_run: true });
    for (const { aliases } of [OTHER, TENANT]) {
      const body = { url_list: [`https://${aliases[0]}/small/0.bin`], cf_domain: undefined, need_invalidate: true };
      // It alone reads policies and web ACLs.
      await this.post({ ...body, dry_run: true });
      await this.closed(body);
    }
    // Whose it is, nobody knows before: it may be a routing endpoint.
    await this.closed({ url_list: [`https://${FOREIGN}/small/0.bin`], cf_domain: undefined });
  }

  /** Sources over HTTP and in buckets, of which one is read in two runs. */
  private async documents(): Promise<void> {
    const { aws } = this.pipeline;
    aws.s3.objects.set("media/list.txt", Buffer.from(`https://${HOST}/small/1.bin\n`));
    aws.s3.objects.set("docs/site/list.txt", Buffer.from(`https://${HOST}/small/0.bin\n`));
    const base = `https://${HOST}/`;
    await this.closed({
      url_list: [],
      sources: [
        { type: "list", url: `${base}list.txt` },
        { type: "list", s3: "s3://media/list.txt", base },
        { type: "list", s3: "s3://docs/site/list.txt", base },
        { type: "s3-prefix", s3: "s3://docs/site/", base },
      ],
    });
    const ofTenant = `https://${TENANT.aliases[0]}/`;
    await this.closed({
      url_list: [],
      cf_domain: FOREIGN,
      sources: [{ type: "list", s3: "s3://media/nothing.txt", base: ofTenant }],
    });
    const sources = [1, 2].map((n) => ({ type: "list", url: `${base}list.txt?${n}` }));
    await this.inShortRuns("Expand", () => this.closed({ url_list: [], sources }));
  }

  /** After each part of its work, a function finds that there is no time for another. */
  private async inShortRuns(name: string, work: () => Promise<unknown>): Promise<void> {
    const fn = this.pipeline.deployment.functions.get(name);
    if (fn === undefined) throw new Error(`there is no function ${name}`);
    const { timeoutSeconds } = fn;
    Object.assign(fn, { timeoutSeconds: 60 });
    await work();
    Object.assign(fn, { timeoutSeconds });
  }

  /** In Get Size, Expand and Task. */
  private async requestsThatFail(): Promise<void> {
    await this.closed({ url_list: small, max_bytes: 1 });
    await this.closed({ url_list: [], sources: [{ type: "list", url: `https://${HOST}/nothing.txt` }] });
    await this.closed({ url_list: small, pops: [DEAD_POP] });
    // A retry of a request whose list of URLs is gone: before it starts, and after.
    const { aws } = this.pipeline;
    const gone = [`https://${HOST}/gone.bin`];
    const lost = await this.closed({ url_list: gone });
    const forget = () => {
      for (const key of aws.s3.objects.keys()) if (key.includes(lost)) aws.s3.objects.delete(key);
    };
    this.on({ role: "Api", operation: "CreateSchedule", resource: /./ }, () => void forget());
    await this.closed({ retry_of: lost });
    await this.pipeline.api("POST", "prewarm", { retry_of: lost });
    // In the middle of a download, when the time is over.
    this.pipeline.edge.setFaults(failGet(/bin/, { kind: "stall", after: 100 }));
    for (const url_list of [small, large]) await this.closed({ url_list, timeout: 2 });
    this.pipeline.edge.setFaults(undefined);
  }

  /** After which something is undone, or done again. */
  private async callsThatFail(): Promise<void> {
    this.on({ role: "Api", operation: "TransactWriteItems", resource: /StorageRequest/ });
    await this.post({ url_list: small, client_token: "undone" }).catch(() => undefined);
    this.on({ role: "Shutdown", operation: "GetItem", resource: /StorageRequest/ });
    this.on({ role: "Shutdown", operation: "PutEvents", resource: /./ });
    this.on({ role: "Aggregation", operation: "Invoke", resource: /Shutdown/ });
    await this.closed({ url_list: small });
    this.on({ role: "Expand", operation: "UpdateItem", resource: /StorageRequest/ });
    await this.closed({ url_list: [], sources: [{ type: "list", url: `https://${HOST}/list.txt` }] });
  }

  /** Of both lanes, with followers that wait for a lead. */
  private async deadLetters(): Promise<void> {
    for (const [url_list, lane] of [
      [small, "TaskQueueExpress"],
      [large, "TaskQueueTasks"],
    ] as const) {
      const id = await this.post({ url_list, instance_count: 0, pops: [...TOKYO, ...FRANKFURT] });
      await this.pipeline.untilInProgress(id);
      await this.pipeline.abandonMessages(lane);
      // Watch reads them before Shutdown, after a minute in this stack, queues their tasks again.
      await this.pipeline.invoke("Watch", {});
      await this.pipeline.call("POST", "instances", { DesiredCapacity: 1 });
      await this.pipeline.untilClosed(id);
    }
  }

  /** While the messages of a stopped request are deleted, another one starts, whose messages stay. */
  private async stops(): Promise<void> {
    const { aws } = this.pipeline;
    for (const [url_list, lane] of [
      [large, "TaskQueueTasks"],
      [small, "TaskQueueExpress"],
    ] as const) {
      const other = await this.post({ url_list, instance_count: 0 });
      await this.pipeline.untilInProgress(other);
      const [message] = aws.sqs.sent.filter(({ body }) => body.includes(other) && body.includes("urls"));
      await this.stop(other);
      const id = await this.post({ url_list, instance_count: 0 });
      await this.pipeline.untilInProgress(id);
      this.on({ role: "Shutdown", operation: "ReceiveMessage", resource: new RegExp(lane) }, () => {
        this.pipeline.change("StorageRequest", { req_id: other }, { active: "y" });
        for (const MessageBody of [message?.body, JSON.stringify({ req_id: other })])
          void aws.sqs.call("SendMessage", { QueueUrl: this.queue(lane), MessageBody: MessageBody ?? "" });
        return undefined;
      });
      await this.stop(id);
      this.pipeline.change("StorageRequest", { req_id: other }, { active: undefined });
      this.pipeline.loseMessages(lane);
    }
  }

  private async stop(id: string): Promise<void> {
    await this.pipeline.call("POST", "instances", { DesiredCapacity: 0, req_id: id, force_stop: true });
    await this.pipeline.untilClosed(id);
  }

  /** Watch finds it. */
  private async lostMessages(): Promise<void> {
    const { aws } = this.pipeline;
    for (const [url_list, lane] of [
      [small, "TaskQueueExpress"],
      [large, "TaskQueueTasks"],
    ] as const) {
      const id = await this.post({ url_list, instance_count: 0 });
      await this.pipeline.untilInProgress(id);
      this.pipeline.loseMessages(lane);
      this.pipeline.change("StorageProgress", { key: `count#${id}`, part: "0" }, { download_count: 1 });
      this.on({ role: "Watch", operation: "Invoke", resource: /Shutdown/ });
      const goOn = () => this.pipeline.call("POST", "instances", { DesiredCapacity: 1, req_id: id });
      // A run without the time to wait for the next check itself schedules it.
      const untilScheduled = async () => {
        await goOn();
        await this.pipeline.until(() => aws.scheduler.schedules.has(`${id}-check`), "a check is scheduled");
      };
      await (lane === "TaskQueueExpress" ? this.inShortRuns("Shutdown", untilScheduled) : goOn());
      await this.pipeline.untilClosed(id, 3_600_000);
    }
    // Nobody is told that the group is not needed any more.
    aws.autoScaling.set(1);
    await this.pipeline.until(() => aws.autoScaling.instances.length === 0, "an idle agent has left", 3_600_000);
  }

  /** Watch calls them again. */
  private async stalledSteps(): Promise<void> {
    const id = await this.post({ url_list: small, instance_count: 0 });
    await this.pipeline.untilInProgress(id);
    this.pipeline.change(
      "StorageRequestPop",
      { req_id: id, target: `${SINGAPORE[0]}#d111111abcdef8` },
      { state: "RESOLVED" },
    );
    this.pipeline.change("StorageRequest", { req_id: id }, { status: "INSERT_TASK", targets_sent: 0 });
    await this.watchLater();
    this.pipeline.change("StorageRequest", { req_id: id }, { status: "EXPANDING", nudges: 0 });
    await this.watchLater();
    this.pipeline.change("StorageRequest", { req_id: id }, { status: "IN_PROGRESS" });
    await this.stop(id);
    // It has ended, and its call of Shutdown was lost.
    this.pipeline.change("StorageRequest", { req_id: id }, { closed: false, closing: "y" });
    await this.watchLater();
    await sleep(5_000);
  }

  private async watchLater(): Promise<void> {
    await sleep(STALL_MS);
    await this.pipeline.invoke("Watch", {}).catch(() => undefined);
    await sleep(2_000);
  }

  /** As of a request with many shards. */
  private async recountInParts(): Promise<void> {
    const id = await this.post({ url_list: small, instance_count: 0 });
    await this.pipeline.untilInProgress(id);
    this.pipeline.change("StorageRequest", { req_id: id }, { shards: 40 });
    await this.pipeline.call("POST", "instances", { DesiredCapacity: 1, req_id: id });
    await this.pipeline.untilClosed(id);
  }

  /** CloudFormation deletes the bucket and updates the API. */
  private async customResources(): Promise<void> {
    const server = createServer((_, to) => to.end());
    const event = {
      ResponseURL: await listen(server),
      StackId: "stack",
      RequestId: "request",
      LogicalResourceId: "resource",
      PhysicalResourceId: "physical",
    };
    await this.pipeline.invoke("ApiAccessRedeploying", { ...event, RequestType: "Update" });
    await this.pipeline.invoke("StorageEmptying", { ...event, RequestType: "Delete" });
    await end(server);
  }

  /** The first such call fails, in all attempts of the SDK, or is the last of its process. Those before have come, or do not come any more. */
  private on(
    { role, operation, resource }: { role: string; operation: string; resource: RegExp },
    what: "fail" | "die" | (() => undefined) = "fail",
  ): void {
    const { aws, roles } = this.pipeline;
    const before = aws.inject;
    let invocation: string | undefined;
    const isMeant = (call: AwsCall) =>
      invocation === undefined
        ? roles.get(call.caller) === role && call.operation === operation && resource.test(call.resource || "-")
        : what === "fail" && call.invocation === invocation;
    aws.inject = (call) => {
      if (!isMeant(call)) return before(call);
      invocation = call.invocation;
      return typeof what === "function" ? what() : what;
    };
  }

  private async post(body: Body): Promise<string> {
    const whole = "retry_of" in body ? {} : { cf_domain: HOST, pops: POPS };
    const started = await this.pipeline.call("POST", "prewarm", { timeout: 600, instance_count: 1, ...whole, ...body });
    return String(started["request_id"]);
  }

  private async closed(body: Body): Promise<string> {
    const id = await this.post(body);
    await this.pipeline.untilClosed(id);
    return id;
  }

  private queue(construct: string): string {
    return `https://sqs/${this.pipeline.deployment.name(`Prewarm${construct}`)}`;
  }
}

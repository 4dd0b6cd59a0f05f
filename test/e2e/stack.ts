// Provides what the tests ask a running stack, and how they wait for it.
import { setTimeout as sleep } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import { ListSchedulesCommand } from "@aws-sdk/client-scheduler";
import { GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { ScanCommand } from "@aws-sdk/lib-dynamodb";
import { parse } from "csv-parse/sync";
import { request } from "undici";
import { problemWith } from "../../tools/description/judge-answer.ts";
import type { FaultHook } from "../../tools/edge/faults.ts";
import type { LocalPrewarm } from "../../tools/local/local-prewarm.ts";
import type { StandIn } from "../../tools/local/stand-in-edge.ts";
import type { MetadataService } from "./metadata-service.ts";

const POLL_MS = 200;
/** An agent that stops may finish a download for a minute. */
const AGENTS_TIMEOUT_MS = 120_000;

/** An answer of the API as it came over HTTP. */
export interface HttpAnswer {
  readonly status: number;
  readonly json: Record<string, unknown>;
}

/** How much there is of everything that a refused request must not add to. */
export interface Inventory {
  readonly requests: number;
  readonly schedules: number;
  readonly objects: number;
  readonly capacity: number;
}

/** The running stack, as the tests ask it. */
export class Stack {
  constructor(
    readonly prewarm: LocalPrewarm,
    readonly metadata: MetadataService,
  ) {}

  get standIn(): StandIn {
    if (this.prewarm.standIn === undefined) throw new Error("the end-to-end tests need the stand-in edge");
    return this.prewarm.standIn;
  }

  setFaults(hook: FaultHook | undefined): void {
    this.standIn.edge.setFaults(hook);
  }

  /** Calls the API with the key, or without any (`""`); an answer that is not as described is an error. The body goes out without a content type. */
  async call(method: "GET" | "POST", path: string, body?: string, key = this.prewarm.apiKey): Promise<HttpAnswer> {
    const answer = await request(this.prewarm.apiUrl + path, {
      method,
      headers: key === "" ? {} : { "x-api-key": key },
      body: body ?? null,
    });
    const json = JSON.parse(await answer.body.text()) as Record<string, unknown>;
    const problem = problemWith({ method, path, status: answer.statusCode, body: json });
    if (problem !== undefined) throw new Error(`not as described: ${problem}: ${JSON.stringify(json)}`);
    return { status: answer.statusCode, json };
  }

  post(path: string, body: unknown): Promise<HttpAnswer> {
    return this.call("POST", path, JSON.stringify(body));
  }

  /** Starts a request and returns its id. */
  async start(body: Record<string, unknown>): Promise<string> {
    const { status, json } = await this.post("prewarm", body);
    if (status !== 200) throw new Error(`POST /prewarm: ${status} ${JSON.stringify(json)}`);
    return String(json["request_id"]);
  }

  async progress(reqId: string): Promise<Record<string, unknown>> {
    return (await this.call("GET", `prewarm?req_id=${reqId}`)).json;
  }

  /** Waits until a request's progress is as `wanted`. */
  async until(
    reqId: string,
    wanted: string | ((progress: Record<string, unknown>) => boolean),
    patienceMs = 120_000,
  ): Promise<Record<string, unknown>> {
    const deadline = Date.now() + patienceMs;
    for (;;) {
      const progress = await this.progress(reqId);
      if (typeof wanted === "string" ? progress["status"] === wanted : wanted(progress)) return progress;
      if (Date.now() > deadline) throw new Error(`after ${patienceMs} ms: ${JSON.stringify(progress)}`);
      await sleep(POLL_MS);
    }
  }

  async summary(reqId: string): Promise<Record<string, unknown>> {
    const { status, json } = await this.call("GET", `summary?req_id=${reqId}`);
    if (status !== 200) throw new Error(`GET /summary: ${status} ${JSON.stringify(json)}`);
    return json;
  }

  /** Lines of a request's report, its header first. */
  async report(reqId: string): Promise<string[]> {
    const answer = await request(String((await this.summary(reqId))["failure_pop_urls_report"]));
    return (await answer.body.text()).trim().split("\n");
  }

  /** Every task of a request, from the file that its summary leads to. */
  async results(summary: Record<string, unknown>): Promise<Record<string, string>[]> {
    const answer = await request(String(summary["results_url"]));
    return parse(gunzipSync(await answer.body.bytes()), { columns: true });
  }

  async capacity(): Promise<number> {
    return Number((await this.call("GET", "instances")).json["desiredcapacity"]);
  }

  /** Waits until so many instances are wanted and run an agent; with none, until the last agent has ended. */
  async untilAgents(count: number): Promise<void> {
    await this.untilInstances(count);
    const { fleet } = this.prewarm;
    const deadline = Date.now() + AGENTS_TIMEOUT_MS;
    while (count === 0 && fleet.stopping > 0) {
      if (Date.now() > deadline) throw new Error(`${fleet.stopping} agents have not ended`);
      await sleep(POLL_MS);
    }
  }

  /** Waits until so many instances are wanted, and as many run. Agents of others may still be stopping. */
  async untilInstances(count: number): Promise<void> {
    const deadline = Date.now() + AGENTS_TIMEOUT_MS;
    while (this.prewarm.fleet.size !== count || (await this.capacity()) !== count) {
      if (Date.now() > deadline)
        throw new Error(`capacity ${await this.capacity()}, agents ${this.prewarm.fleet.size}, not ${count}`);
      await sleep(POLL_MS);
    }
  }

  async inventory(): Promise<Inventory> {
    const { clients, deployed } = this.prewarm;
    const items = await clients.db.send(
      new ScanCommand({
        TableName: deployed.resource("PrewarmStorageRequest", "AWS::DynamoDB::Table"),
        Select: "COUNT",
      }),
    );
    const schedules = await clients.scheduler.send(new ListSchedulesCommand({}));
    const objects = await clients.s3.send(
      new ListObjectsV2Command({ Bucket: deployed.resource("PrewarmStorageLists", "AWS::S3::Bucket") }),
    );
    return {
      requests: items.Count ?? 0,
      schedules: schedules.Schedules?.length ?? 0,
      objects: objects.KeyCount ?? 0,
      capacity: await this.capacity(),
    };
  }

  /** Messages in both queues of tasks, in flight or not. */
  async queued(): Promise<number> {
    const { clients, deployed } = this.prewarm;
    let messages = 0;
    for (const lane of ["PrewarmTaskQueueTasks", "PrewarmTaskQueueExpress"]) {
      const { Attributes } = await clients.sqs.send(
        new GetQueueAttributesCommand({
          QueueUrl: deployed.resource(lane, "AWS::SQS::Queue"),
          AttributeNames: ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
        }),
      );
      for (const value of Object.values(Attributes ?? {})) messages += Number(value);
    }
    return messages;
  }
}

// Provides the deployed stack, as the tests ask it.
import { setTimeout as sleep } from "node:timers/promises";
import { request } from "undici";
import type { TaskResult } from "../../domain/result/task-result.ts";
import { problemWith } from "../../tools/local/api-client.ts";
import { inventoryOf } from "../../tools/local/inventory.ts";
import type { LocalPrewarm } from "../../tools/local/local-prewarm.ts";
import { readResults } from "../../tools/local/results.ts";
import type { MetadataService } from "./metadata-service.ts";
import { type HttpAnswer, type Inventory, StackClient } from "./stack-client.ts";

const POLL_MS = 200;
/** An agent that stops may finish a download for a minute. */
const AGENTS_TIMEOUT_MS = 120_000;
/** More shards than a request of a test has: those that do not exist are empty. */
const SHARDS = 64;

/** The running stack, as the tests ask it. */
export class Stack extends StackClient {
  constructor(
    readonly prewarm: LocalPrewarm,
    readonly metadata: MetadataService,
  ) {
    super({ intervalMs: POLL_MS, timeoutMs: 120_000 });
  }

  get standIn() {
    if (this.prewarm.standIn === undefined) throw new Error("the end-to-end tests need the stand-in edge");
    return this.prewarm.standIn;
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

  taskResults(reqId: string): Promise<TaskResult[]> {
    return readResults(this.prewarm, reqId, SHARDS);
  }

  /** Waits until so many instances are wanted and run an agent; with none, until the last agent has ended. */
  async untilAgents(count: number) {
    await this.untilInstances(count);
    const { fleet } = this.prewarm;
    const deadline = Date.now() + AGENTS_TIMEOUT_MS;
    while (count === 0 && fleet.stopping > 0) {
      if (Date.now() > deadline) throw new Error(`${fleet.stopping} agents have not ended`);
      await sleep(POLL_MS);
    }
  }

  /** Waits until so many instances are wanted, and as many run. Agents of others may still be stopping. */
  async untilInstances(count: number) {
    const deadline = Date.now() + AGENTS_TIMEOUT_MS;
    while (this.prewarm.fleet.size !== count || (await this.capacity()) !== count) {
      if (Date.now() > deadline)
        throw new Error(`capacity ${await this.capacity()}, agents ${this.prewarm.fleet.size}, not ${count}`);
      await sleep(POLL_MS);
    }
  }

  async inventory(): Promise<Inventory> {
    const { requests, timers, objects } = await inventoryOf(this.prewarm);
    return { requests, schedules: timers, objects, capacity: await this.capacity() };
  }

  /** Messages in both queues of tasks, in flight or not. */
  async queued(): Promise<number> {
    return (await inventoryOf(this.prewarm)).messages;
  }
}

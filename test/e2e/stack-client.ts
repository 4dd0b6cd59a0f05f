// Provides what the tests ask of a stack, and how they wait for it, wherever it runs: deployed, or in one process in virtual time.
import { setTimeout as sleep } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import { parse } from "csv-parse/sync";
import { request } from "undici";
import type { TaskResult } from "../../domain/result/task-result.ts";
import type { FaultHook } from "../../tools/edge/faults.ts";
import type { StandIn } from "../../tools/local/stand-in-edge.ts";

/** An answer of the API. */
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

export interface Polling {
  /** Between two looks at a request, in the stack's time. */
  readonly intervalMs: number;
  /** How long a test waits for a request unless it says otherwise, in the stack's time. */
  readonly timeoutMs: number;
}

export abstract class StackClient {
  abstract readonly standIn: Pick<StandIn, "edge" | "domain">;

  protected constructor(protected readonly polling: Polling) {}

  /** Calls the API. @throws Error for an answer that is not as described */
  abstract call(method: "GET" | "POST", path: string, body?: string): Promise<HttpAnswer>;
  abstract inventory(): Promise<Inventory>;
  /** All results of a request, as the agents wrote them. */
  abstract taskResults(reqId: string): Promise<TaskResult[]>;
  /** Waits until so many instances are wanted and run an agent; with none, until the last agent has ended. */
  abstract untilAgents(count: number): Promise<void>;

  setFaults(hook: FaultHook | undefined) {
    this.standIn.edge.setFaults(hook);
  }

  post(path: string, body: unknown): Promise<HttpAnswer> {
    return this.call("POST", path, JSON.stringify(body));
  }

  /** Starts a request and returns its id. */
  async start(body: Record<string, unknown>) {
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
    timeoutMs = this.polling.timeoutMs,
  ): Promise<Record<string, unknown>> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const progress = await this.progress(reqId);
      if (typeof wanted === "string" ? progress["status"] === wanted : wanted(progress)) return progress;
      if (Date.now() > deadline) throw new Error(`after ${timeoutMs} ms: ${JSON.stringify(progress)}`);
      await sleep(this.polling.intervalMs);
    }
  }

  async summary(reqId: string): Promise<Record<string, unknown>> {
    const { status, json } = await this.call("GET", `summary?req_id=${reqId}`);
    if (status !== 200) throw new Error(`GET /summary: ${status} ${JSON.stringify(json)}`);
    return json;
  }

  /** Lines of a request's report, its header first. */
  async report(reqId: string) {
    const answer = await request(String((await this.summary(reqId))["failure_pop_urls_report"]));
    return (await answer.body.text()).trim().split("\n");
  }

  /** Every task of a request, from the file that its summary leads to. */
  async results(summary: Record<string, unknown>): Promise<Record<string, string>[]> {
    const answer = await request(String(summary["results_url"]));
    return parse(gunzipSync(await answer.body.bytes()), { columns: true });
  }

  async capacity() {
    return Number((await this.call("GET", "instances")).json["desiredcapacity"]);
  }
}

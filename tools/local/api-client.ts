import { request } from "undici";
import type * as z from "zod";
import { progressSchema as describedProgress, type Summary, summarySchema } from "../../domain/api/request-answers.ts";
import { startedSchema } from "../../domain/api/started-answer.ts";
import { problemWith } from "../description/judge-answer.ts";

const progressSchema = describedProgress.pick({
  status: true,
  download_size: true,
  total_size: true,
  percentage_complete: true,
  download_count: true,
  failed_count: true,
  total_count: true,
  available_task_count: true,
  in_progress_task_count: true,
  in_progress_size: true,
  bytes_per_second: true,
  instances_at_work: true,
  estimated_finish_at: true,
  timestamp: true,
});
export type Progress = z.infer<typeof progressSchema>;

const toldSchema = describedProgress.required({ pops: true, failures: true });
/** All that is told of a request: with a row a POP, and its failures by reason. */
export type Told = z.infer<typeof toldSchema>;

/** An answer of the API that is not a 200, or not as it is described. */
export class ApiError extends Error {
  override readonly name = "ApiError";
}

/** The API as its users call it: over HTTP, with the key. */
export class ApiClient {
  constructor(
    private readonly url: string,
    private readonly key: string,
  ) {}

  async start(body: object): Promise<string> {
    return startedSchema.parse(await this.call("POST", "prewarm", JSON.stringify(body))).request_id;
  }

  async progress(reqId: string): Promise<Progress> {
    return progressSchema.parse(await this.call("GET", `prewarm?req_id=${reqId}`));
  }

  async told(reqId: string): Promise<Told> {
    return toldSchema.parse(await this.call("GET", `prewarm?req_id=${reqId}&detail=pops,failures`));
  }

  async summary(reqId: string): Promise<Summary> {
    return summarySchema.parse(await this.call("GET", `summary?req_id=${reqId}`));
  }

  /** Sets how many instances the group has. 0 pauses what runs. */
  async setInstances(count: number): Promise<void> {
    await this.call("POST", "instances", JSON.stringify({ DesiredCapacity: count }));
  }

  /** Stops a request, and leaves so many instances to the others. */
  async stop(reqId: string, count: number): Promise<void> {
    await this.call("POST", "instances", JSON.stringify({ DesiredCapacity: count, req_id: reqId, force_stop: true }));
  }

  private async call(method: "GET" | "POST", path: string, sent?: string): Promise<unknown> {
    const answer = await request(this.url + path, {
      method,
      headers: { "x-api-key": this.key, "content-type": "application/json" },
      body: sent ?? null,
    });
    const text = await answer.body.text();
    if (answer.statusCode !== 200) throw new ApiError(`${method} ${path}: HTTP ${answer.statusCode}: ${text}`);
    const body: unknown = JSON.parse(text);
    const problem = problemWith({ method, path, status: answer.statusCode, body });
    if (problem !== undefined) throw new ApiError(`not as described: ${problem}: ${text}`);
    return body;
  }
}

import { request } from "undici";
import * as z from "zod";
import { statusSchema } from "../../domain/request/status.ts";

const progressSchema = z.object({
  status: statusSchema,
  download_size: z.number(),
  total_size: z.number(),
  percentage_complete: z.number(),
  download_count: z.number(),
  failed_count: z.number(),
  total_count: z.number(),
  available_task_count: z.number(),
  in_progress_task_count: z.number(),
  in_progress_size: z.number(),
  bytes_per_second: z.number(),
  instances_at_work: z.number(),
  estimated_finish_at: z.string().nullable(),
  timestamp: z.string(),
});
export type Progress = z.infer<typeof progressSchema>;

const summarySchema = z.object({
  status: z.string(),
  failure_pops: z.array(z.string()),
  failure_urls: z.array(z.string()),
  failure_pop_urls_report: z.string(),
  reason: z.string().optional(),
});
export type Summary = z.infer<typeof summarySchema>;

const startedSchema = z.object({ request_id: z.string(), timeout_at: z.string() });

/** An answer of the API that is not a 200. */
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

  private async call(method: "GET" | "POST", path: string, body?: string): Promise<unknown> {
    const answer = await request(this.url + path, {
      method,
      headers: { "x-api-key": this.key, "content-type": "application/json" },
      body: body ?? null,
    });
    const text = await answer.body.text();
    if (answer.statusCode !== 200) throw new ApiError(`${method} ${path}: HTTP ${answer.statusCode}: ${text}`);
    return JSON.parse(text);
  }
}

// Provides dry runs, and their comparison with the request that follows.
import { type Estimate, estimateSchema } from "../../domain/cost/estimate.ts";
import { originRequests } from "./edge-control.ts";
import type { StackClient } from "./stack-client.ts";

/** The estimate of a request. Expects that the dry run changes nothing. */
export async function estimated(stack: StackClient, request: Record<string, unknown>): Promise<Estimate> {
  const before = await stack.inventory();
  const { status, json } = await stack.post("prewarm", { ...request, dry_run: true });
  expect({ status, said: json["error_message"], id: json["request_id"] }).toEqual({ status: 200, said: "", id: "" });
  expect(await stack.inventory()).toEqual(before);
  return estimateSchema.parse(json["estimate"]);
}

/** Makes a dry run and then the request, and expects that what was downloaded is within the estimate. */
export async function compareWithDryRun(stack: StackClient, folder: string, request: Record<string, unknown>) {
  const estimate = await estimated(stack, request);
  const before = originRequests(stack, folder);
  expect([before.downloads.length, before.probes.length]).toEqual([0, estimate.bytes.sampled]);
  const ended = await stack.until(await stack.start(request), "FINISHED");
  expect(ended).toMatchObject({ total_count: estimate.tasks, failed_count: 0 });
  const bytes = Number(ended["download_size"]);
  expect(bytes).toBe(ended["total_size"]);
  expect(bytes).toBeGreaterThanOrEqual(estimate.bytes.low ?? Number.NaN);
  expect(bytes).toBeLessThanOrEqual(estimate.bytes.high ?? Number.NaN);
  const downloads = originRequests(stack, folder).downloads.length;
  expect(downloads).toBeGreaterThanOrEqual(estimate.origin_fetches.least);
  expect(downloads).toBeLessThanOrEqual(estimate.origin_fetches.most);
  return { estimate, downloads, bytes };
}

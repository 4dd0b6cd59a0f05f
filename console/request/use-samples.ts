import { useEffect, useState } from "preact/hooks";
import { parseTimestamp } from "../../domain/request/timestamps.ts";
import type { Progress } from "../api/answers.ts";
import { type Sample, withSample } from "./samples.ts";

/** Of each request that was looked at: it is there still when the reader comes back to it. Gone with the page. */
const kept = new Map<string, readonly Sample[]>();

/** What was seen of a request since the page was opened. */
export function useSamples(request: Progress | undefined): readonly Sample[] {
  const [samples, setSamples] = useState<readonly Sample[]>([]);
  useEffect(() => {
    if (request === undefined) return;
    const { request_id: id, timestamp, bytes_per_second: rate, total_count: total, warm_count, hit_count } = request;
    const warm = total === 0 ? 0 : (warm_count + hit_count) / total;
    const next = withSample(kept.get(id) ?? [], { at: parseTimestamp(timestamp).getTime(), rate, warm });
    kept.set(id, next);
    setSamples(next);
  }, [request]);
  return samples;
}

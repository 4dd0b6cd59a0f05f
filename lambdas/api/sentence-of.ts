import { sentence } from "../../domain/readiness/sentence.ts";
import { factsOf, type ProgressBody } from "../../domain/readiness/sentence-facts.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";

/** Where a request stands, in an English sentence. @param body what GET /prewarm says of it */
export function sentenceOf(
  { instance_count, timeout_at, readiness, reason, report }: RequestItem,
  body: Omit<ProgressBody, "instance_count" | "timeout_at" | "readiness" | "reason">,
): string {
  const facts = factsOf({ ...body, instance_count, timeout_at, readiness, reason });
  return sentence({ ...facts, counted: report !== undefined });
}

// The list of requests, a POST that is sent many times, and the event that tells the end of a request.
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { type EndedEvent, endedEventSchema } from "../../../domain/readiness/ended-event.ts";
import { body } from "../../e2e/bodies.ts";
import { type PipelineStack, pipelineStack } from "./stack.ts";

describe("a client_token", () => {
  const stack = pipelineStack();

  it("makes fifty identical POSTs one request, whose end is one event, and which the list shows", async () => {
    const once = body({ client_token: "deploy-812" });
    const answers = await Promise.all(Array.from({ length: 50 }, () => stack.post("prewarm", once)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const ids = [...new Set(answers.map(({ json }) => String(json["request_id"])))];
    expect(ids).toHaveLength(1);
    const [reqId = ""] = ids;
    const other = await stack.post("prewarm", { ...once, timeout: 6 });
    expect([other.status, other.json["error_message"]]).toEqual([409, expect.stringContaining(reqId)]);

    await stack.until(reqId, "FINISHED");
    const progress = await stack.progress(reqId);
    await stack.untilAgents(0);
    const [event, ...more] = endedEvents(stack);
    expect(more).toEqual([]);
    expect(event).toMatchObject({
      req_id: reqId,
      status: "FINISHED",
      total_count: 6,
      download_count: 6,
      failed_count: 0,
    });
    // What the links lead to can be read at once.
    expect((await stack.call("GET", `summary?${new URL(event?.summary_url ?? "").searchParams}`)).status).toBe(200);

    const second = await stack.start(body());
    await stack.until(second, "FINISHED");
    const first = await stack.call("GET", "requests?limit=1");
    expect([first.status, rows(first.json).map((row) => row["request_id"])]).toEqual([200, [second]]);
    const next = await stack.call("GET", `requests?limit=1&next=${first.json["next"]}`);
    expect(event).toMatchObject({ verdict: progress["verdict"], sentence: progress["sentence"] });
    // What would be one more attribute of the index, the list has not.
    const { timestamp: _, sentence: _s, readiness: _r, verify: _v, order: _o, pop_count: _p, ...said } = progress;
    expect(rows(next.json)).toMatchObject([said]);
    expect(next.json["next"]).toBeNull();
    const failed = await stack.call("GET", "requests?status=FAILED");
    expect([failed.status, failed.json["requests"]]).toEqual([200, []]);
    expect((await stack.call("GET", "requests?limit=1000")).status).toBe(400);
  });
});

function rows(json: Record<string, unknown>): Record<string, unknown>[] {
  return json["requests"] as Record<string, unknown>[];
}

const entrySchema = z.object({
  Source: z.literal("prewarm"),
  DetailType: z.literal("Prewarm Request Ended"),
  Detail: z.string().transform((text) => endedEventSchema.parse(JSON.parse(text))),
});

/** Everything that was ever put on the event bus. */
function endedEvents({ pipeline }: PipelineStack): EndedEvent[] {
  return pipeline.aws.events.map((entry) => entrySchema.parse(entry).Detail);
}

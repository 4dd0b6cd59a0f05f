// The list of requests, a POST that is sent twice, and what is said on the event bus when a request ends.

import { PutRuleCommand, PutTargetsCommand } from "@aws-sdk/client-eventbridge";
import { CreateQueueCommand, GetQueueAttributesCommand, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { describe, expect, it } from "vitest";
import { endedEventSchema } from "../../../domain/request/ended-event.ts";
import { body } from "../bodies.ts";
import { deployedStack } from "../deployed-stack.ts";
import type { Stack } from "../stack.ts";

describe("requests and client-token", () => {
  const running = deployedStack();

  it("fifty identical POSTs with a token are one request; its end is one event, and the list shows it", async () => {
    const stack = running();
    const events = await eventsInto(stack, "ended");
    const once = body({ client_token: `deploy-${Date.now()}` });
    const answers = await Promise.all(Array.from({ length: 50 }, () => stack.post("prewarm", once)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const ids = [...new Set(answers.map(({ json }) => String(json["request_id"])))];
    expect(ids).toHaveLength(1);
    const [reqId = ""] = ids;
    const other = await stack.post("prewarm", { ...once, timeout: 6 });
    expect([other.status, other.json["error_message"]]).toEqual([409, expect.stringContaining(reqId)]);

    await stack.until(reqId, "FINISHED");
    const [event, ...more] = await events.received();
    expect(more).toEqual([]);
    const progress = await stack.progress(reqId);
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

/** A queue that gets what is said of ended requests, as somebody's rule would have it. */
async function eventsInto({ prewarm }: Stack, name: string) {
  const { sqs, events } = prewarm.clients;
  const { QueueUrl = "" } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }));
  const EventPattern = JSON.stringify({ source: ["prewarm"], "detail-type": ["Prewarm Request Ended"] });
  await events.send(new PutRuleCommand({ Name: name, EventPattern }));
  await events.send(new PutTargetsCommand({ Rule: name, Targets: [{ Id: "1", Arn: Attributes?.["QueueArn"] ?? "" }] }));
  return {
    /** Waits for the first ones. */
    received: async () => {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20, MaxNumberOfMessages: 10 }),
      );
      return Messages.map(({ Body = "" }) => endedEventSchema.parse(JSON.parse(Body).detail));
    },
  };
}

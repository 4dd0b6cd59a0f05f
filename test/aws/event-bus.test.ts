import type { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { EventBus } from "../../aws/event-bus.ts";
import { endedEvent } from "../../domain/readiness/ended-event.ts";
import { request } from "../lambdas/items.ts";
import { useVirtualClock } from "../virtual-clock.ts";
import { fakeClient, type Sent } from "./client.ts";

useVirtualClock();

const EVENT = endedEvent({ ...request({ active: undefined }), status: "FINISHED" }, "https://api.example/prod/");

function bus(answer: (command: Sent, n: number) => unknown) {
  const { client, sent } = fakeClient<EventBridgeClient>(answer);
  return { bus: new EventBus(client), sent };
}

it("writes one event, which rules match by source and detail type", async () => {
  const { bus: events, sent } = bus(() => ({ Entries: [{ EventId: "1" }] }));
  await events.put(EVENT);
  expect(sent.map(({ input }) => input.Entries)).toEqual([
    [{ Source: "prewarm", DetailType: "Prewarm Request Ended", Detail: JSON.stringify(EVENT) }],
  ]);
});

it("tries again what EventBridge refuses for now", async () => {
  const { bus: events, sent } = bus((_, n) => ({
    Entries: [n < 2 ? { ErrorCode: "InternalFailure" } : { EventId: "1" }],
  }));
  await events.put(EVENT);
  expect(sent).toHaveLength(3);
});

it("says what EventBridge says when it goes on refusing", async () => {
  const { bus: events, sent } = bus(() => ({
    Entries: [{ ErrorCode: "ThrottlingException", ErrorMessage: "too many" }],
  }));
  await expect(events.put(EVENT)).rejects.toThrow("ThrottlingException: too many");
  expect(sent).toHaveLength(5);
});

it("does not try again what the SDK has given up", async () => {
  const { bus: events, sent } = bus(() => {
    throw new Error("EventBridge is away");
  });
  await expect(events.put(EVENT)).rejects.toThrow("EventBridge is away");
  expect(sent).toHaveLength(1);
});

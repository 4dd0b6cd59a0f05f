import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { eventually, useVirtualClock } from "../../virtual-clock.ts";
import { Refusal } from "../fake-aws.ts";
import { count, downloads, numbered, resultOf, world } from "./agent-world.ts";

useVirtualClock({ idleMs: 2 });

test("all that is in the queue is downloaded, stored and only then deleted", async () => {
  const { log, start } = await world([["a", "b"], ...numbered(33)]);
  const { stop, ended } = start();
  await eventually(() => count(log, "deleted")).toBe(34);
  stop();
  await ended;
  expect(count(log, "stored")).toBe(35);
  expect(log.indexOf("deleted r0")).toBeGreaterThan(Math.max(log.indexOf("stored a"), log.indexOf("stored b")));
  numbered(33).forEach(
    ([url], i) => void expect(log.indexOf(`deleted r${i + 1}`)).toBeGreaterThan(log.indexOf(`stored ${url}`)),
  );
});

test("it receives as many tasks as it can run and one batch, and leaves the rest to others", async () => {
  const { start, received } = await world(numbered(500));
  const { running, download, endAll } = downloads();
  const { stop, ended } = start({ download });
  await eventually(() => running.size).toBeGreaterThanOrEqual(32);
  await sleep(100);
  // Half a batch may be missing.
  expect(received()).toBeGreaterThanOrEqual(37);
  expect(received()).toBeLessThanOrEqual(42);
  // After a second it tries whether more at once bring more.
  await eventually(() => running.size).toBe(64);
  // And takes more for that, though none has ended: large files take minutes.
  await eventually(received).toBeGreaterThanOrEqual(69);
  stop();
  endAll();
  await ended;
});

test("one message that cannot be handled does not stop the others", async () => {
  let refused = 0;
  const { log, start } = await world([["lost"], ["kept"]], {
    BatchWriteItem: ({ RequestItems = {} }) => {
      const urls = (RequestItems["results"] ?? []).map(({ PutRequest }) => PutRequest?.Item?.["url"]?.S);
      if (urls.includes("lost") && refused++ === 0) throw new Refusal("ValidationException");
      log.push(...urls.map((url) => `stored ${url}`));
      return {};
    },
    ChangeMessageVisibilityBatch: () => {
      throw new Refusal("OverLimit");
    },
  });
  const { stop, ended } = start({
    download: async (message, url) => {
      if (url.url === "kept") await sleep(100);
      return resultOf(message, url);
    },
  });
  await eventually(() => log).toContain("deleted r1");
  stop();
  await ended;
  expect(log).toEqual(["stored kept", "deleted r1"]);
});

test("a queue that cannot be read is asked again after a while", async () => {
  let calls = 0;
  const { start } = await world([], {
    ReceiveMessage: async () => {
      calls++;
      throw new Refusal("KmsThrottled");
    },
  });
  const { stop, ended } = start();
  // One for each lane: as long as nothing is known of the messages, one is asked for.
  await eventually(() => calls).toBe(2);
  await sleep(300);
  expect(calls).toBe(2);
  await eventually(() => calls).toBeGreaterThanOrEqual(4);
  stop();
  await ended;
});

import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { eventually, useVirtualClock } from "../../virtual-clock.ts";
import { deferred } from "../deferred.ts";
import { taskMessage } from "../task-messages.ts";
import { count, downloads, numbered, world } from "./agent-world.ts";

useVirtualClock({ idleMs: 2 });

describe("stop", () => {
  test("what has not begun goes back at once, what runs is finished and stored, then serve() resolves", async () => {
    const { aws, log, start, received } = await world(numbered(60));
    const { running, download, endAll } = downloads();
    const { stop, ended } = start({ download });
    let over = false;
    void ended.then(() => {
      over = true;
    });
    await eventually(() => aws.asked("ReceiveMessage").length).toBeGreaterThan(8);
    // 32, and ten more if the machine is so slow that a second is over.
    const begun = running.size;
    stop();
    await eventually(() => count(log, "deleted")).toBe(received() - begun);
    expect(running.size).toBe(begun);
    const here = received();
    expect(here).toBeGreaterThan(begun);
    const left = numbered(here).flatMap(([url = ""]) => (running.has(url) ? [] : [`sent ${url}`]));
    expect(log.filter((line) => line.startsWith("sent")).sort()).toEqual(left.sort());
    await sleep(150);
    const receives = aws.asked("ReceiveMessage").length;
    await sleep(150);
    expect(aws.asked("ReceiveMessage")).toHaveLength(receives);
    expect([running.size, count(log, "stored"), over]).toEqual([begun, 0, false]);
    endAll();
    await ended;
    expect([count(log, "stored"), count(log, "deleted"), count(log, "sent")]).toEqual([begun, here, here - begun]);
    // A stop receives nothing more.
    expect(received()).toBe(here);
  });

  test("messages that were on their way go back, too", async () => {
    const arriving = deferred<object>();
    let calls = 0;
    const Body = JSON.stringify(taskMessage({ urls: [{ url: "late", bytes: 1 }] }));
    const { log, start } = await world([], {
      ReceiveMessage: async () => {
        if (calls++ > 0) {
          await sleep(1_000);
          return {};
        }
        await arriving.promise;
        return { Messages: [{ Body, ReceiptHandle: "r" }] };
      },
    });
    const { stop, ended } = start();
    await eventually(() => calls).toBeGreaterThan(0);
    stop();
    arriving.resolve({});
    await ended;
    expect(log).toEqual(["sent late", "deleted r"]);
  });
});

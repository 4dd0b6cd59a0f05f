// What a download holds while it waits: in virtual time, because processes agree on an origin's limits beat by beat.
import { setTimeout as sleep } from "node:timers/promises";
import { pino } from "pino";
import { describe, expect, test } from "vitest";
import type { Permits } from "../../../agent/download/downloader.ts";
import { Origin } from "../../../agent/origin/origin.ts";
import { Slots } from "../../../agent/queue/slots.ts";
import { messageBody } from "../../../domain/plan/task-message.ts";
import { patienceOf } from "../../../domain/request/patience.ts";
import { useVirtualClock } from "../../virtual-clock.ts";
import { taskMessage } from "../task-messages.ts";
import { done, start, yes } from "./work-world.ts";

useVirtualClock();

describe("of a request that limits the concurrency at its origin to one", () => {
  const message = taskMessage({
    ...{ req_id: "q", origin: { concurrency: 1 } },
    urls: ["a", "b"].map((url) => ({ url, bytes: 1 })),
  });

  /** Works through the message beside nobody else. @param download of the first URL; the second takes ten seconds */
  async function run(download: (permits: Permits, said: string[]) => Promise<void>): Promise<string[]> {
    const said: string[] = [];
    const rates = { bytes: 0, bytes_per_second: 0, tasks_per_second: 0 };
    // It shares the limits once it has seen that nobody else does.
    let sharing: number | undefined;
    const beats = async () =>
      sharing === undefined ? [] : [{ instance: "i", worker: "w", at: Date.now(), tasks: 1, sharing, ...rates }];
    const origin = new Origin({
      ...{ self: "i#w", patience: patienceOf(900), logger: pino({ level: "silent" }) },
      progress: { beats },
      beats: {
        keep: () => {
          sharing ??= Date.now();
        },
      },
    });
    let begun = 0;
    const plan = {
      ...{ active: yes, write: done, delete: done, hold: done, origin },
      download: async (_: string, permits: Permits) => {
        if (begun++ === 0) {
          await download(permits, said);
        } else {
          said.push("the second begins");
          await sleep(10_000);
          said.push("the second ends");
        }
        return {};
      },
    };
    const slots = new Slots(10);
    await start(messageBody(message), plan, slots).ended;
    origin.close();
    expect(slots.inUse).toBe(0);
    return said;
  }

  test("a download that waits holds no permit, and the other one begins", async () => {
    const said = await run(async ({ waitWithout }, log) => {
      await waitWithout(() => sleep(60_000));
      log.push("the first has waited");
    });
    expect(said).toEqual(["the second begins", "the second ends", "the first has waited"]);
  });

  test("a download that is to be repeated waits for a permit again", async () => {
    const said = await run(async ({ waitWithout, regain }, log) => {
      await waitWithout(async () => {
        while (log.length === 0) await sleep(100);
      });
      log.push("the first has waited");
      await regain();
      log.push("the first goes on");
    });
    expect(said).toEqual(["the second begins", "the first has waited", "the second ends", "the first goes on"]);
  });
});

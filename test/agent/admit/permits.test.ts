// What a download holds while it waits: in virtual time.
import { setTimeout as sleep } from "node:timers/promises";
import { ConcurrencyLimiter } from "../../../agent/admit/concurrency-limiter.ts";
import type { DownloadHooks } from "../../../agent/fetch/downloader.ts";
import { OriginLimiterRegistry } from "../../../domain/origin/origin-limiter-registry.ts";
import { MemoryPermitStore } from "../../../domain/origin/permit-store.ts";
import { useVirtualClock } from "../../virtual-clock.ts";
import { done, start } from "../receive/work-world.ts";
import { taskMessage } from "../task-messages.ts";

useVirtualClock();

describe("of a request that limits the concurrency at its origin to one", () => {
  const message = taskMessage({
    req_id: "q",
    origin: { concurrency: 1 },
    urls: ["a", "b", "c"].map((url) => ({ url, bytes: 1 })),
  });

  /** Works through the message beside nobody else. @param download of the first URL; each other one takes a second */
  async function run(download: (permits: DownloadHooks, said: string[]) => Promise<void>): Promise<string[]> {
    const said: string[] = [];
    const origins = new OriginLimiterRegistry({ store: new MemoryPermitStore(), now: Date.now });
    const others = ["second", "third"];
    let begun = 0;
    const plan = {
      hold: done,
      origins,
      download: async (_: string, permits: DownloadHooks) => {
        if (begun++ === 0) {
          await download(permits, said);
        } else {
          const name = others.shift() ?? "one too many";
          said.push(`the ${name} begins`);
          await sleep(1_000);
          said.push(`the ${name} ends`);
        }
        return {};
      },
    };
    const slots = new ConcurrencyLimiter(10);
    await start(JSON.stringify(message), plan, slots).ended;
    origins.close(new Error("the test has ended"));
    expect(slots.inUse).toBe(0);
    return said;
  }

  test("a download that waits holds no permit, and the others begin", async () => {
    const said = await run(async (admission, log) => {
      await admission.waitWithoutSlotAndPermit(() => sleep(20_000));
      log.push("the first has waited");
    });
    expect(said).toEqual([...took("second"), ...took("third"), "the first has waited"]);
  });

  test("a check waits for a permit, and gives it back", async () => {
    const said = await run(async (admission, log) => {
      await admission.waitWithoutSlotAndPermit(() => sleep(500));
      log.push("the first is checked");
      await sleep(1_000);
      log.push("the check ends");
    });
    const check = ["the first is checked", "the check ends"];
    expect(said).toEqual([...took("second"), ...check, ...took("third")]);
  });

  test("a download that is to be repeated waits for a permit, and gives it back", async () => {
    const said = await run(async (admission, log) => {
      await admission.reacquire();
      log.push("the first is repeated");
      await sleep(1_000);
      log.push("the repetition ends");
    });
    const repetition = ["the first is repeated", "the repetition ends"];
    // It is in progress: it goes before those that have not begun.
    expect(said).toEqual([...repetition, ...took("second"), ...took("third")]);
  });

  function took(name: string): string[] {
    return [`the ${name} begins`, `the ${name} ends`];
  }
});

test("a request is sent in its slot, however long its connection takes to open", async () => {
  const urls = Array.from({ length: 10 }, (_, n) => ({ url: `u${n}`, bytes: 1 }));
  const origins = new OriginLimiterRegistry({ store: new MemoryPermitStore(), now: Date.now });
  const sentAt: number[] = [];
  const connectMs = [450];
  const download = async (_: string, hooks: DownloadHooks) => {
    await sleep(connectMs.pop() ?? 0);
    await hooks.beforeSend();
    sentAt.push(Date.now());
    return {};
  };
  const message = taskMessage({ req_id: "q", origin: { requests_per_second: 10 }, urls });
  await start(JSON.stringify(message), { hold: done, origins, download }, new ConcurrencyLimiter(10)).ended;
  origins.close(new Error("the test has ended"));
  const gaps = sentAt.slice(1).map((at, n) => at - (sentAt[n] ?? at));
  expect([sentAt.length, gaps.filter((ms) => ms < 100)]).toEqual([10, []]);
});

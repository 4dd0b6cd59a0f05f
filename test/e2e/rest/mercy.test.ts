// An origin that must not be asked too much: limits of a request, and an origin that refuses.
import { describe, expect, it } from "vitest";
import { busiestSecond } from "../../../tools/edge/origin-log.ts";
import { body, urls } from "../bodies.ts";
import { deployedStack } from "../deployed-stack.ts";
import type { Stack } from "../stack.ts";

/** Each under a REC of its own, so that each asks the origin. */
const POPS = ["SIN2-C1", "FRA56-P2", "DFW55-C3"];

function addFiles({ standIn }: Stack, folder: string, count: number): string[] {
  const paths = Array.from({ length: count }, (_, n) => `/${folder}/${n}.bin`);
  for (const path of paths) standIn.edge.addObject(path, { size: 2_000 });
  return paths;
}

const seenIn = ({ standIn }: Stack, folder: string) =>
  standIn.edge.originRequests().filter(({ path }) => path.startsWith(`/${folder}/`));

describe("an origin", () => {
  const running = deployedStack();

  it("is asked no more in any second than the request allows, by two instances together", async () => {
    const stack = running();
    const paths = addFiles(stack, "limited", 60);
    const reqId = await stack.start(
      body({
        ...{ url_list: urls(...paths), pops: POPS, instance_count: 2 },
        origin: { requests_per_second: 30, concurrency: 8 },
      }),
    );
    expect(await stack.until(reqId, "FINISHED")).toMatchObject({
      download_count: 180,
      failed_count: 0,
      warm_count: 180,
    });
    const seen = seenIn(stack, "limited");
    expect(seen.filter(({ probe }) => !probe)).toHaveLength(180);
    // 27 are sent in a second. What waits for the one machine of all parts may arrive closer together; the lab of limits counts strictly.
    expect(busiestSecond(seen)).toBeLessThanOrEqual(33);
  });

  it("that refuses what is too much is asked less, and all is warm in the end", async () => {
    const stack = running();
    const { edge } = stack.standIn;
    const paths = addFiles(stack, "refusing", 80);
    edge.setBehaviours([{ errorTtlMs: 800 }]);
    edge.setOrigin({ limit: { perSecond: 30, status: 503, retryAfter: { seconds: 1, form: "date" } } });
    const reqId = await stack.start(body({ url_list: urls(...paths), pops: POPS, instance_count: 2 }));
    const progress = await stack.until(reqId, "FINISHED");
    edge.setOrigin({});
    edge.setBehaviours([]);
    const seen = seenIn(stack, "refusing").filter(({ probe }) => !probe);
    const first = seen[0]?.at ?? 0;
    expect(progress).toMatchObject({ total_count: 240, download_count: 240, failed_count: 0 });
    const later = seen.filter(({ at }) => at > first + 10_000);
    expect(later.filter(({ refused }) => refused).length).toBeLessThanOrEqual(0.05 * later.length);
  });
});

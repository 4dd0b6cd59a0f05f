// What the origin gets of a request without leads, and of one that it throttles.
import { createRequire, syncBuiltinESMExports } from "node:module";
import { setTimeout as sleep } from "node:timers/promises";
import type { TLSSocket } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { busiestSecond } from "../../../tools/edge/origin-log.ts";
import { body, urls } from "../../e2e/bodies.ts";
import { addObjects, originRequests } from "../../e2e/edge-control.ts";
import { FRANKFURT, TOKYO, uncollapsed } from "../../e2e/recs.ts";
import { type PipelineStack, pipelineStack } from "./stack.ts";

/** Each is under a REC of its own, so that each asks the origin. */
const POPS = ["SIN2-C1", "FRA56-P2", "DFW55-C3"];

describe("the origin", () => {
  const stack = pipelineStack({ edge: uncollapsed });

  it("gets more requests with all-at-once than with leads", async () => {
    const paths = addObjects(stack, "rush", 12);
    const request = body({ url_list: urls(...paths), pops: [...TOKYO, ...FRANKFURT], order: "all-at-once" });
    expect(await stack.warm(request)).toMatchObject({
      warm_count: 84,
      total_count: 84,
    });
    expect(originRequests(stack, "rush").downloads.length).toBeGreaterThan(2 * 12);
  });

  it("gets no more requests in any second than the request allows, from two instances together", async () => {
    const paths = addObjects(stack, "limited", 60, () => 2_000);
    const reqId = await stack.start(
      body({
        url_list: urls(...paths),
        pops: POPS,
        instance_count: 2,
        origin: { requests_per_second: 30, concurrency: 8 },
      }),
    );
    expect(await stack.until(reqId, "FINISHED")).toMatchObject({
      download_count: 180,
      failed_count: 0,
      warm_count: 180,
    });
    const { all, downloads } = originRequests(stack, "limited");
    expect(downloads).toHaveLength(180);
    expect(busiestSecond(all)).toBeLessThanOrEqual(30);
    // All permits come back, those of the agents and those of Get Size.
    await sleep(60_000);
    expect(permits(stack, reqId)).toEqual({ held: 0, leases: [] });
  });

  it("that throttles gets fewer requests, and every task is warm in the end", async () => {
    const { edge } = stack.standIn;
    const paths = addObjects(stack, "refusing", 80, () => 2_000);
    edge.setBehaviours([{ errorTtlMs: 800 }]);
    edge.setOrigin({ limit: { perSecond: 30, status: 503, retryAfter: { seconds: 1, form: "date" } } });
    const reqId = await stack.start(body({ url_list: urls(...paths), pops: POPS, instance_count: 2 }));
    const progress = await stack.until(reqId, "FINISHED");
    edge.setOrigin({});
    edge.setBehaviours([]);
    const seen = originRequests(stack, "refusing").downloads;
    const first = seen[0]?.at ?? 0;
    expect(progress).toMatchObject({ total_count: 240, download_count: 240, failed_count: 0 });
    const later = seen.filter(({ at }) => at > first + 10_000);
    expect(later.filter(({ refused }) => refused).length).toBeLessThanOrEqual(0.05 * later.length);
  });
});

/** The permits that all processes hold, and the leases that are not empty. */
function permits({ pipeline }: PipelineStack, reqId: string) {
  const items = pipeline.items("StorageProgress");
  return {
    held: Number(
      items.find(({ key, part }) => key?.["S"] === `limit#${reqId}` && part?.["S"] === "held")?.["held"]?.["N"],
    ),
    leases: items.filter((item) => item["key"]?.["S"] === `beat#${reqId}` && Number(item["permits"]?.["N"] ?? 0) > 0),
  };
}

describe("a limit of requests per second", () => {
  // Patched before the agents load the module.
  const connections = holdableConnections();
  const stack = pipelineStack({
    edge: { aliases: [], pops: [{ pop: "SIN2-C1", rec: "singapore" }], site: {} },
  });

  it("holds in any second for requests as they are written to their sockets, also after slow TLS handshakes", async () => {
    const paths = addObjects(stack, "handshakes", 60);
    const reqId = await stack.start(
      body({ url_list: urls(...paths), pops: ["SIN2-C1"], origin: { requests_per_second: 20 }, verify: "off" }),
    );
    await stack.until(reqId, "IN_PROGRESS");
    connections.hold(3_000);
    expect(await stack.until(reqId, "FINISHED")).toMatchObject({ download_count: 60, failed_count: 0 });
    const written = connections.written.filter(({ path }) => path.startsWith("/handshakes/"));
    expect(written).toHaveLength(60);
    expect(busiestSecond(written)).toBeLessThanOrEqual(20);
  });
});

interface Written {
  readonly at: number;
  readonly path: string;
}

/**
 * Has all TLS clients of this process tell what they write.
 * @returns the GET requests, and what lets the handshakes of downloads end together, so long after the first of them has begun
 */
function holdableConnections(): { readonly written: readonly Written[]; hold(ms: number): void } {
  const written: Written[] = [];
  let holdMs: number | undefined;
  let released: Promise<void> | undefined;
  const tls = createRequire(import.meta.url)("node:tls") as { connect: (...args: unknown[]) => TLSSocket };
  const { connect } = tls;
  beforeAll(() => {
    tls.connect = (...args) => {
      const socket = connect(...args);
      const emit = socket.emit.bind(socket);
      const write = socket.write.bind(socket);
      socket.emit = (event: string | symbol, ...more: unknown[]) => {
        if (event !== "secureConnect" || holdMs === undefined) return emit(event, ...more);
        released ??= sleep(holdMs);
        void released.then(() => emit(event, ...more));
        return true;
      };
      socket.write = new Proxy(write, {
        apply: (_, __, data: Parameters<typeof write>) => {
          const [, path] = /^GET (\S+) /.exec(String(data[0])) ?? [];
          if (path !== undefined) written.push({ at: Date.now(), path });
          return write(...data);
        },
      });
      return socket;
    };
    syncBuiltinESMExports();
  });
  afterAll(() => {
    tls.connect = connect;
    syncBuiltinESMExports();
  });
  const hold = (ms: number) => {
    holdMs = ms;
  };
  return { written, hold };
}

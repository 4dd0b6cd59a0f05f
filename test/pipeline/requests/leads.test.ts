// When the POPs of a regional edge cache request an object, as the edge saw it.
import { describe, expect, it } from "vitest";
import { busiest } from "../../../tools/edge/origin-log.ts";
import { body, urls } from "../../e2e/bodies.ts";
import { addObjects, originRequests } from "../../e2e/edge-control.ts";
import { type PipelineStack, pipelineStack } from "./stack.ts";

const FRANKFURT = ["ATH50-C1", "BRU50-C1", "BUD50-C1", "CAI50-P1"];
/** The catalogue takes it for one of Frankfurt's. */
const [MISPLACED = ""] = FRANKFURT;
const TOKYO = ["KIX50-C1", "KIX50-P2", "KIX50-P3"];
const SINGAPORE = "SIN2-C1";
const ORIGIN_MS = 200;

interface Seen {
  readonly at: number;
  readonly pop: string;
  readonly path: string;
}

/** Records the downloads, and later looks, of all POPs from now on. */
function record(stack: PipelineStack): Seen[] {
  const requests: Seen[] = [];
  stack.setFaults(({ method, pop, path, headers }) => {
    if (method === "GET" && headers["range"] === undefined) requests.push({ at: Date.now(), pop, path });
    return undefined;
  });
  return requests;
}

describe("under one regional edge cache", () => {
  const running = pipelineStack({
    edge: {
      aliases: [],
      pops: [
        ...FRANKFURT.map((pop) => ({ pop, rec: pop === MISPLACED ? "elsewhere" : "frankfurt" })),
        ...TOKYO.map((pop) => ({ pop, rec: "tokyo" })),
        { pop: SINGAPORE, rec: "singapore", addresses: 3 },
      ],
      site: {},
      behaviours: [
        { path: "/untold/*", collapsing: "off", serverTiming: "off" },
        { path: "/policy/*", collapsing: "off", ttl: { min: 0, default: 0, max: 0 } },
        { path: "/never/*", collapsing: "off", ttl: { min: 0, default: 0, max: 3_600 } },
        { collapsing: "off" },
      ],
      origin: { delayMs: ORIGIN_MS },
    },
  });

  it("the followers request an object when the lead's download has ended, and do not wait for its proof", async () => {
    const stack = running();
    const [path = ""] = addObjects(stack, "untold", 1);
    const requests = record(stack);
    const reqId = await stack.start(body({ url_list: urls(path), pops: TOKYO }));
    // Without a tier, a hit is a proof only 1.1 s after the download.
    expect(await stack.until(reqId, "FINISHED")).toMatchObject({ hit_count: 3, failed_count: 0 });
    const [lead, follower] = requests;
    expect(follower?.pop).not.toBe(lead?.pop);
    const waited = (follower?.at ?? 0) - (lead?.at ?? 0) - ORIGIN_MS;
    expect(waited).toBeGreaterThanOrEqual(0);
    expect(waited).toBeLessThan(1_000);
    expect(originRequests(stack, "untold").downloads).toHaveLength(1);
  });

  it("an object that nobody keeps is downloaded by two leads, and its headers alone do not decide", async () => {
    const stack = running();
    stack.standIn.edge.addObject("/never/a.bin", { size: 1_000, headers: { "cache-control": "no-store" } });
    const reqId = await stack.start(body({ url_list: urls("/never/a.bin"), pops: TOKYO }));
    expect(await stack.until(reqId, "FINISHED")).toMatchObject({ not_kept_count: 2, failed_count: 3 });
    const results = await stack.taskResults(reqId);
    expect(results.map(({ reason }) => reason).toSorted()).toEqual(["not_asked", "not_kept", "not_kept"]);
    expect(results.find(({ reason }) => reason === "not_asked")?.error).toMatch(
      /decides: \S+ \(not_kept\), \S+ \(not_kept\)$/,
    );
  });

  it("an object that a cache policy does not keep is decided by two leads, and the limits of the origin hold", async () => {
    const stack = running();
    const paths = addObjects(stack, "policy/limited", 10);
    const reqId = await stack.start(body({ url_list: urls(...paths), pops: TOKYO, origin: { concurrency: 2 } }));
    expect(await stack.until(reqId, "FINISHED")).toMatchObject({ not_kept_count: 20, failed_count: 30 });
    const { downloads } = originRequests(stack, "policy/limited");
    // Two leads, with two downloads and two checks each.
    expect(downloads).toHaveLength(10 * 2 * 4);
    expect(busiest(downloads, ORIGIN_MS)).toBeLessThanOrEqual(2);
  });

  it.each(["edge", "addresses"])(
    "checks, and what follows them, stay within the limits of the origin, with verify: %s",
    async (verify) => {
      const stack = running();
      const paths = addObjects(stack, `policy/${verify}`, 20);
      const request = body({ url_list: urls(...paths), pops: [SINGAPORE], verify, origin: { concurrency: 2 } });
      expect(await stack.until(await stack.start(request), "FINISHED")).toMatchObject({ not_kept_count: 20 });
      const { downloads } = originRequests(stack, `policy/${verify}`);
      expect(downloads).toHaveLength(20 * 4 * (verify === "edge" ? 1 : 3));
      expect(busiest(downloads, ORIGIN_MS)).toBeLessThanOrEqual(2);
    },
  );

  it("an object that a cache policy does not keep says nothing of the catalogue's REC", async () => {
    const stack = running();
    const [path = ""] = addObjects(stack, "policy/free", 1);
    const reqId = await stack.start(body({ url_list: urls(path), pops: TOKYO }));
    const { warnings } = await stack.until(reqId, "FINISHED");
    const results = await stack.taskResults(reqId);
    expect(results.map(({ reason }) => reason)).toEqual(["not_kept", "not_kept", "not_kept"]);
    expect((warnings as { code: string }[]).map(({ code }) => code)).not.toContain("rec_wrong");
  });

  it("an object that expires at once is requested at every POP: each response after a download is a RefreshHit", async () => {
    const stack = running();
    stack.standIn.edge.addObject("/never/b.bin", { size: 1_000, headers: { "cache-control": "s-maxage=0" } });
    const reqId = await stack.start(body({ url_list: urls("/never/b.bin"), pops: TOKYO }));
    expect(await stack.until(reqId, "FINISHED")).toMatchObject({ not_kept_count: 3, failed_count: 3 });
  });

  // The followers start together, none of them with a permit of `concurrency`.
  it.fails("a lead of another one releases one follower, and the others when the REC has served it", async () => {
    const stack = running();
    const paths = addObjects(stack, "misplaced", 8);
    const requests = record(stack);
    const reqId = await stack.start(
      body({ url_list: urls(...paths), pops: FRANKFURT, origin: { concurrency: 1 }, verify: "off" }),
    );
    const { warnings } = await stack.until(reqId, "FINISHED");
    const leads = new Map(requests.toReversed().map(({ path, pop }) => [path, pop]));
    const misled = originRequests(stack, "misplaced").downloads.filter(({ path }) => leads.get(path) === MISPLACED);
    // The lead and the first follower, one after the other.
    expect({
      atOnce: busiest(misled, ORIGIN_MS),
      fetches: misled.length,
      wrong: (warnings as { code: string; examples: string[] }[])
        .filter(({ code }) => code === "rec_wrong")
        .map(({ examples }) => examples.map((example) => example.split(":")[0])),
    }).toEqual({
      atOnce: 1,
      fetches: 2 * [...leads.values()].filter((pop) => pop === MISPLACED).length,
      wrong: [[MISPLACED]],
    });
  });
});

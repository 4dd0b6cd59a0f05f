// A request that has ended is tried again: what is not good in it is warmed, and nothing else.
import { describe, expect, it } from "vitest";
import { recOf } from "../../../domain/pops/site-of.ts";
import { askAgain } from "../../../tools/local/check-warm.ts";
import { DEAD_POP } from "../../../tools/local/world.ts";
import { body, urls } from "../bodies.ts";
import { deployedStack } from "../deployed-stack.ts";
import { holdBack } from "../hold-back.ts";
import type { Stack } from "../stack.ts";

const POPS = [
  ...[
    "SIN2-C1",
    "SIN2-P1",
    "KUL50-C1",
    "NRT57-P2",
    "NRT57-P3",
    "KIX50-C1",
    "KIX50-P2",
    "FRA56-P2",
    "FRA60-P1",
    "ATH50-C1",
  ],
  ...[
    "BRU50-C1",
    "DUB2-C1",
    "LHR50-P2",
    "CDG50-P1",
    "CDG52-P2",
    "SYD1-C1",
    "SYD62-P1",
    "YUL62-C1",
    "ATL56-C1",
    "DFW55-C3",
  ],
];

/** What the edge was asked for from now on, as `POP method path`. */
function listen(stack: Stack): string[] {
  const asked: string[] = [];
  stack.setFaults(({ pop, method, path }) => {
    asked.push(`${pop} ${method} ${path}`);
    return undefined;
  });
  return asked;
}

/** Pairs that fail with 403; what failed there before must not be kept by anybody. */
function fail(stack: Stack, pairs: ReadonlySet<string>): void {
  stack.setFaults(({ pop, method, path }) =>
    method === "GET" && pairs.has(`${pop} ${path}`) ? { kind: "status", status: 403 } : undefined,
  );
}

const sorted = (texts: Iterable<string>) => [...texts].toSorted();

describe("retry_of", () => {
  const running = deployedStack();

  it("137 scattered tasks of 6,000 failed: 137 downloads make all warm, and a second retry is a 409", async () => {
    const stack = running();
    const paths = Array.from({ length: 300 }, (_, i) => `/scattered/${i}.bin`);
    for (const path of paths) stack.standIn.edge.addObject(path, { size: 500 });
    // Never two under one REC of the same URL: two leads that fail would decide for the others.
    const failing = new Set<string>();
    for (let i = 0; failing.size < 137; i++) {
      const pop = POPS[(i * 7) % POPS.length] ?? "";
      const path = paths[(i * 11) % paths.length] ?? "";
      const rivals = [...failing]
        .filter((pair) => pair.endsWith(` ${path}`))
        .map((pair) => recOf(pair.split(" ", 1)[0] ?? ""));
      if (!rivals.includes(recOf(pop))) failing.add(`${pop} ${path}`);
    }
    fail(stack, failing);
    const request = body({ url_list: urls(...paths), pops: POPS, instance_count: 2, timeout: 15 });
    const first = await stack.start(request);
    const early = await stack.post("prewarm", { retry_of: first });
    expect([early.status, early.json["error_message"]]).toEqual([
      409,
      expect.stringMatching(/it can be tried again once/),
    ]);
    await stack.until(first, "FINISHED", 240_000);
    // On a machine that is too busy, others fail as well: they have not connected in time.
    for (const line of (await stack.report(first)).slice(1)) {
      const [pop, url = ""] = line.split(",", 2);
      if (line.includes(",CONNECT_TIMEOUT: ")) failing.add(`${pop} ${new URL(url).pathname}`);
    }
    const failed = failing.size;
    expect(await stack.progress(first)).toMatchObject({
      ...{ total_count: 6_000, download_count: 6_000, failed_count: failed, warm_count: 6_000 - failed },
    });

    const asked = listen(stack);
    const retry = await stack.start({ retry_of: first, instance_count: 1 });
    const ended = await stack.until(retry, "FINISHED", 120_000);
    expect(ended).toMatchObject({
      ...{ retry_of: first, total_count: failed, download_count: failed, failed_count: 0, warm_count: failed },
      ...{ total_size: failed * 500, download_size: failed * 500, percentage_complete: 100 },
    });
    // Each is downloaded, and asked for a second time. Sizes were known.
    const gets = [...failing].map((pair) => pair.replace(" ", " GET "));
    expect(sorted(asked)).toEqual(sorted(gets.flatMap((get) => [get, get])));
    expect(await stack.summary(first)).toMatchObject({ failed_count: failed, retried_by: retry });
    expect(await stack.report(retry)).toHaveLength(1);
    const rows = (await stack.call("GET", `prewarm?req_id=${retry}&detail=pops`)).json["pops"];
    const perPop = sorted(
      POPS.map((pop) => `${pop} ${[...failing].filter((pair) => pair.startsWith(`${pop} `)).length}`),
    );
    expect(sorted((rows as Record<string, unknown>[]).map((row) => `${row["pop"]} ${row["total_count"]}`))).toEqual(
      perPop.filter((row) => !row.endsWith(" 0")),
    );
    for (const pair of failing) {
      const [pop = "", path = ""] = pair.split(" ");
      expect(await askAgain(stack.standIn, urls(path), [pop])).toEqual([]);
    }

    const again = await stack.post("prewarm", { retry_of: first });
    expect([again.status, again.json["error_message"]]).toEqual([409, expect.stringContaining(`by ${retry} already`)]);
    const good = await stack.post("prewarm", { retry_of: retry });
    expect([good.status, good.json["error_message"]]).toEqual([
      409,
      expect.stringContaining("everything in it is good"),
    ]);
  });

  it("of a stopped request does exactly what was not done", async () => {
    const stack = running();
    const heal = holdBack(stack, "/hangs-until-stopped.bin");
    const list = urls("/hangs-until-stopped.bin", "/js/shop.js");
    const stopped = await stack.start(body({ url_list: list, instance_count: 1 }));
    await stack.until(stopped, ({ download_count }) => download_count === 3);
    await stack.post("instances", { DesiredCapacity: 0, req_id: stopped, force_stop: true });
    await stack.summary(stopped);
    await stack.untilAgents(0);
    heal();
    const asked = listen(stack);
    // It had one instance, whatever the stop said.
    const retry = await stack.start({ retry_of: stopped });
    expect(await stack.until(retry, "FINISHED")).toMatchObject({ total_count: 3, download_count: 3, warm_count: 3 });
    expect(sorted(new Set(asked))).toEqual(
      sorted(["ATL56-C1", "SIN2-C1", "DFW55-C3"].map((pop) => `${pop} GET /hangs-until-stopped.bin`)),
    );
  });

  it("brings the headers again, asks again what could not be read, and tries the POPs that did not resolve", async () => {
    const stack = running();
    const launches: unknown[] = [];
    const pops = ["LHR50-P2", DEAD_POP];
    const list = urls("/index.html", "/comes-later.html");
    const first = await stack.start(body({ url_list: list, pops, header: ["X-Launch: midnight"] }));
    expect(await stack.until(first, "FINISHED")).toMatchObject({ total_count: 1, failed_count: 0 });
    const without = await stack.post("prewarm", { retry_of: first });
    expect([without.status, without.json["error_message"]]).toEqual([
      400,
      expect.stringMatching(/^header: is required, because the request \S+ had a header line/),
    ]);
    stack.standIn.edge.addObject("/comes-later.html", { size: 300 });
    stack.setFaults(({ method, path, headers }) => {
      if (method === "GET") launches.push(`${path} ${headers["x-launch"]}`);
      return undefined;
    });
    const retry = await stack.start({ retry_of: first, header: ["X-Launch: noon"] });
    // That POP does not resolve here, whoever asks.
    expect(await stack.until(retry, "FINISHED")).toMatchObject({ total_count: 1, warm_count: 1 });
    expect(new Set(launches)).toEqual(new Set(["/comes-later.html noon"]));
    expect(await stack.summary(retry)).toMatchObject({ failure_pops: [DEAD_POP], failure_urls: [], retry_of: first });
    const third = await stack.start({ retry_of: retry, header: ["X-Launch: noon"] });
    await stack.until(third, "FAILED");
    expect((await stack.summary(third))["reason"]).toMatch(/^No POP resolved/);
  });
});

// What a request can ask for beside URLs and POPs: invalidation, variants, documents that list URLs, a retry. The golden traces have every
// option (test/pipeline/traces.test.ts).
import { describe, expect, it, onTestFinished } from "vitest";
import { readResults } from "../../tools/local/results.ts";
import { HOST } from "../../tools/local/world.ts";
import { body, urls } from "./bodies.ts";
import { deployedStack } from "./deployed-stack.ts";
import { holdBack, recordRequests } from "./edge-control.ts";
import { hlsFilm } from "./media.ts";
import { addFilm, expectWarm, POP, warmSource } from "./source-requests.ts";
import { playHls, Viewer } from "./viewer.ts";

const sorted = (texts: Iterable<string>) => [...texts].toSorted();

describe("a request", () => {
  const running = deployedStack();

  it("warms the new version of an object with need_invalidate, and fails without", async () => {
    const stack = running();
    const path = "/news.json?v=1";
    stack.standIn.edge.addObject(path, { size: 100 });
    const request = body({ url_list: urls(path), pops: ["DUB2-C1"] });
    await stack.until(await stack.start(request), "FINISHED");
    stack.standIn.edge.addObject(path, { size: 200 });

    // The POP's old object has not the size that was probed at another POP.
    const stale = await stack.until(await stack.start(request), "FINISHED");
    expect(stale).toMatchObject({ download_size: 0, failed_count: 1 });
    const fresh = await stack.until(await stack.start({ ...request, need_invalidate: true }), "FINISHED");
    expect(fresh["download_size"]).toBe(200);
  });

  it("warms every URL in every variant", async () => {
    const stack = running();
    const { edge } = stack.standIn;
    edge.setBehaviours([{ path: "/forms/*", serverTiming: 0, encodings: ["br", "gzip"], compress: true }, {}]);
    onTestFinished(() => edge.setBehaviours([]));
    edge.addObject("/forms/app.css", { size: 50_000, letters: true, headers: { "content-type": "text/css" } });
    const variants = [
      { name: "br", header: ["Accept-Encoding: gzip, deflate, br, zstd"] },
      { name: "gzip", header: ["Accept-Encoding: gzip"] },
      { name: "plain", header: [] },
    ];
    const reqId = await stack.start(body({ url_list: urls("/forms/app.css"), pops: [POP], variants }));
    // Asked by HEAD, the edge tells the size before it compresses.
    const counts = { total_count: 3, download_count: 3, warm_count: 3, failed_count: 0, total_size: 3 * 50_000 };
    expect(await stack.until(reqId, "FINISHED")).toMatchObject(counts);
    const results = await readResults(stack.prewarm, reqId);
    const encodings = new Map(results.map(({ variant, encoding }) => [variant, encoding]));
    expect(variants.map(({ name }) => encodings.get(name))).toEqual(["br", "gzip", undefined]);
    const forms = edge.holders("/forms/app.css").filter((it) => it.layer === "pop" && it.pop === POP);
    expect(new Set(forms.map(({ form }) => form)).size).toBe(3);
  });

  it("warms what a player of an HLS film requests, and nothing else", async () => {
    const stack = running();
    const film = hlsFilm("/films/hls", "https://licences.example.net/key");
    addFilm(stack, film);
    const url = `https://${HOST}/films/hls/master.m3u8`;
    const reqId = await warmSource(stack, { type: "hls", url });
    const viewer = new Viewer(stack.standIn, POP, HOST);
    await playHls(viewer, url).finally(() => viewer.close());
    const own = [...viewer.asked].filter((it) => it.startsWith(`https://${HOST}/`));
    expect([...viewer.asked].filter((it) => !own.includes(it))).toEqual(["https://licences.example.net/key"]);
    await expectWarm(stack, reqId, own);
    expect(viewer.cold).toEqual([]);
    expect((await stack.progress(reqId))["sources"]).toMatchObject([
      { state: "READ", documents: 8, urls: own.length, left_out: { other_host: 1 } },
    ]);
  });

  it("with retry_of a stopped request repeats only the tasks that were not done", async () => {
    const stack = running();
    const heal = holdBack(stack, "/hangs-until-stopped.bin");
    const list = urls("/hangs-until-stopped.bin", "/js/shop.js");
    const stopped = await stack.start(body({ url_list: list, instance_count: 1 }));
    await stack.until(stopped, ({ download_count }) => download_count === 3);
    await stack.post("instances", { DesiredCapacity: 0, req_id: stopped, force_stop: true });
    await stack.summary(stopped);
    await stack.untilAgents(0);
    heal();
    const asked = recordRequests(stack);
    // It had one instance, whatever the stop said.
    const retry = await stack.start({ retry_of: stopped });
    expect(await stack.until(retry, "FINISHED")).toMatchObject({ total_count: 3, download_count: 3, warm_count: 3 });
    expect(sorted(new Set(asked))).toEqual(
      sorted(["ATL56-C1", "SIN2-C1", "DFW55-C3"].map((pop) => `${pop} GET /hangs-until-stopped.bin`)),
    );
  });
});

// What a request can ask for beside URLs and POPs: regions, invalidation, variants, documents that list URLs, a retry.
import { gzipSync } from "node:zlib";
import { describe, expect, it, onTestFinished } from "vitest";
import { readResults } from "../../tools/local/results.ts";
import { DEAD_POP, HOST } from "../../tools/local/world.ts";
import { body, urls } from "./bodies.ts";
import { deployedStack } from "./deployed-stack.ts";
import { holdBack, recordRequests } from "./edge-control.ts";
import { hlsFilm } from "./media.ts";
import {
  addDocument,
  addFilm,
  addSmallObjects,
  expectWarm,
  POP,
  sourceRequest,
  warmSource,
} from "./source-requests.ts";
import { playHls, Viewer } from "./viewer.ts";

const POPS = ["ATL56-C1", "SIN2-C1", "DFW55-C3"];
const COMPRESSION = [
  { name: "br", header: ["Accept-Encoding: gzip, deflate, br, zstd"] },
  { name: "gzip", header: ["Accept-Encoding: gzip"] },
  { name: "plain", header: [] },
];

const sorted = (texts: Iterable<string>) => [...texts].toSorted();

describe("a request", () => {
  const running = deployedStack();

  it("warms the default POPs of a region and of a country", async () => {
    const stack = running();
    const region = await stack.start(body({ target_type: "region", regions: ["au", "ca"], pops: ["SIN2-C1"] }));
    const country = await stack.start(body({ target_type: "country", countries: ["japan", "IN"], pops: ["SIN2-C1"] }));
    await stack.until(region, "FINISHED");
    await stack.until(country, "FINISHED");
    const pops = async (reqId: string) =>
      [...new Set((await readResults(stack.prewarm, reqId)).map(({ pop }) => pop))].sort();
    expect(await pops(region)).toEqual(["SYD1-C1", "SYD62-P1", "YUL62-C1", "YUL62-C2"]);
    expect(await pops(country)).toEqual(["BOM78-P1", "BOM78-P4", "NRT57-P2", "NRT57-P3"]);
  });

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
    edge.setBehaviours([
      { path: "/busy/*", serverTiming: 0, encodings: ["br", "gzip"], compress: "busy" },
      { path: "/forms/*", serverTiming: 0, encodings: ["br", "gzip"], compress: true },
      {},
    ]);
    onTestFinished(() => edge.setBehaviours([]));
    const css = { letters: true, headers: { "content-type": "text/css" } };
    edge.addObject("/forms/app.css", { size: 50_000, ...css });
    edge.addObject("/forms/app.js", { size: 70_000, letters: true, headers: { "content-type": "text/javascript" } });
    edge.addObject("/busy/app.css", { size: 20_000, ...css });
    const paths = ["/forms/app.css", "/forms/app.js", "/busy/app.css"];
    const reqId = await stack.start(body({ url_list: urls(...paths), pops: POPS, variants: COMPRESSION }));
    const progress = await stack.until(reqId, "FINISHED");
    expect(progress).toMatchObject({ total_count: 27, download_count: 27, warm_count: 27, failed_count: 0 });
    // Asked by HEAD, the edge tells the size before it compresses.
    expect(progress["total_size"]).toBe((50_000 + 70_000 + 20_000) * 3 * 3);
    const [example = ""] = urls("/busy/app.css");
    expect(progress["warnings"]).toMatchObject([
      // The examples are those of the first results that were counted.
      { code: "not_compressed", count: 6, examples: expect.arrayContaining([`${example} (br)`]) },
    ]);
    const { json } = await stack.call("GET", `prewarm?req_id=${reqId}&detail=pops`);
    expect(json["pops"]).toMatchObject(
      POPS.map((pop) => ({ pop, state: "DONE", total_count: 9, download_count: 9, warm_count: 9 })),
    );

    const results = await readResults(stack.prewarm, reqId);
    const encodings = new Map(results.map(({ pop, url, variant, encoding }) => [`${pop} ${url} ${variant}`, encoding]));
    expect(encodings.size).toBe(27);
    for (const pop of POPS) {
      for (const url of urls("/forms/app.css", "/forms/app.js")) {
        const seen = COMPRESSION.map(({ name }) => encodings.get(`${pop} ${url} ${name}`));
        expect(seen).toEqual(["br", "gzip", undefined]);
      }
      const forms = stack.standIn.edge.holders("/forms/app.css").filter((it) => it.layer === "pop" && it.pop === pop);
      expect(new Set(forms.map(({ form }) => form)).size).toBe(3);
    }
    expect(await stack.report(reqId)).toHaveLength(1);
    expect(await stack.summary(reqId)).toMatchObject({ failure_urls: [], warm_count: 27 });
  });

  it("warms the URLs of a list beside those of url_list, each once, without those of other hosts", async () => {
    const stack = running();
    const listed = addSmallObjects(stack, 200, (i) => `/list/${i}.bin`);
    const lines = [...urls(...listed), ...urls("/index.html"), "https://elsewhere.example.net/x", "# a comment"];
    addDocument(stack, "/lists/all.txt.gz", gzipSync(lines.join("\n")));
    const list = { type: "list", url: `https://${HOST}/lists/all.txt.gz?sig=secret` };
    stack.standIn.edge.addObject("/list/0.bin", { size: 100, headers: { "cache-control": "no-store" } });
    const reqId = await stack.start(sourceRequest(list, { url_list: urls("/index.html") }));
    const progress = await stack.until(reqId, "FINISHED", 120_000);
    expect(progress).toMatchObject({ total_count: 201, warm_count: 200, not_kept_count: 1 });
    const from = `https://${HOST}/lists/all.txt.gz`;
    const read = { type: "list", from, state: "READ", documents: 1, urls: 200 };
    const sources = [{ ...read, left_out: { other_host: 1, duplicate: 1 } }];
    expect(progress["sources"]).toEqual(sources);
    expect((await stack.summary(reqId))["sources"]).toEqual(sources);
    const [header = "", row = ""] = await stack.report(reqId);
    expect([header.split(",").at(-1), row.split(",").at(-1)]).toEqual(["source", `1 ${from}`]);
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

  it("with retry_of needs the headers again, and retries unreadable URLs and unresolved POPs", async () => {
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

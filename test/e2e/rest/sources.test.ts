// Requests whose URLs come from documents: what a player or a browser would ask for is warm, and nothing else. Documents that
// attack end their requests.
import { gzipSync } from "node:zlib";
import { CreateBucketCommand, ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import pMap from "p-map";
import { beforeAll, describe, expect, it } from "vitest";
import { HOST } from "../../../tools/local/world.ts";
import { urls } from "../bodies.ts";
import { deployedStack } from "../deployed-stack.ts";
import { dashFilm } from "../media.ts";
import {
  addDocument,
  addFilm,
  addSmallObjects,
  expectWarm,
  POP,
  sourceRequest,
  warmSource,
} from "../source-requests.ts";
import type { Stack } from "../stack.ts";
import { playDash, Viewer } from "../viewer.ts";

const BUCKET = "media";
/** Lines of the long list. All that a request may have take minutes on a small machine: `PREWARM_E2E_LINES=60000`. */
const LINES = Number(process.env["PREWARM_E2E_LINES"] ?? 1_000);

describe("sources", () => {
  const running = deployedStack({ parameters: { sourceBuckets: BUCKET } });
  beforeAll(async () => {
    await running().prewarm.clients.s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  });

  it("a sitemap index of three times 2,000 URLs, packed", async () => {
    const stack = running();
    const paths = addSmallObjects(stack, 6_000, (i) => `/shop/${i % 7}/p-${i}.html?id=${i}&lang=en`);
    const maps = [0, 1, 2].map((i) => ({ path: `/maps/${i}.xml.gz`, its: paths.slice(i * 2_000, (i + 1) * 2_000) }));
    for (const { path, its } of maps) addDocument(stack, path, gzipSync(sitemap("urlset", "url", its)));
    addDocument(
      stack,
      "/sitemap.xml",
      sitemap(
        "sitemapindex",
        "sitemap",
        maps.map(({ path }) => path),
      ),
    );
    const reqId = await warmSource(stack, { type: "sitemap", url: `https://${HOST}/sitemap.xml` }, 6_000);
    await expectWarm(stack, reqId, urls(...paths));
  });

  it("a DASH film of two periods: all that a player asks for, and no more", async () => {
    const stack = running();
    addFilm(stack, dashFilm("/films/dash"));
    const url = `https://${HOST}/films/dash/manifest.mpd`;
    const reqId = await warmSource(stack, { type: "dash", url });
    const viewer = new Viewer(stack.standIn, POP, HOST);
    await playDash(viewer, url).finally(() => viewer.close());
    expect(viewer.cold).toEqual([]);
    await expectWarm(stack, reqId, [...viewer.asked]);
    expect(viewer.asked.size).toBe(43);
  });

  it("a prefix of a bucket: 5,000 keys, as S3 spells them in URLs", async () => {
    const stack = running();
    const { s3 } = stack.prewarm.clients;
    const names = Array.from(
      { length: 5_000 },
      (_, i) => `${i} ${["a+b", "100%", "Grüße", "日本", "it's(1)"][i % 5]}.bin`,
    );
    const put = (Key: string) => s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: "x" }));
    await pMap([...names.map((it) => `site/img/${it}`), "site/img/old/", "other/x"], put, { concurrency: 16 });
    for (const name of names) stack.standIn.edge.addObject(`/img/${name}`, { size: 100 });
    const source = {
      type: "s3-prefix",
      s3: `s3://${BUCKET}/site/img/`,
      base: `https://${HOST}/`,
      origin_path: "/site",
    };
    const reqId = await warmSource(stack, source, 5_000);
    // As a page would name them.
    await expectWarm(stack, reqId, urls(...names.map((it) => `/img/${encodeURIComponent(it)}`)));
    expect((await stack.progress(reqId))["sources"]).toMatchObject([{ from: source.s3, left_out: { folder: 1 } }]);
  });

  it(`a list of ${LINES} lines in a bucket`, { timeout: 900_000 }, async () => {
    const stack = running();
    const paths = addSmallObjects(stack, LINES, (i) => `/long/${i}`);
    const Body = `${urls(...paths).join("\r\n")}\n`;
    await stack.prewarm.clients.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: "lists/long.txt", Body }));
    const reqId = await warmSource(stack, { type: "list", s3: `s3://${BUCKET}/lists/long.txt` }, LINES);
    await expectWarm(stack, reqId, urls(...paths));
  });

  it.each<[what: string, source: Record<string, string>, reason: RegExp]>([
    ["entities", { type: "sitemap", url: `https://${HOST}/bad/entities.xml` }, /bad\/entities\.xml .*DOCTYPE/],
    ["a bomb", { type: "list", url: `https://${HOST}/bad/bomb.txt.gz` }, /bad\/bomb\.txt\.gz .*(100|50000000)/],
    [
      "three million segments",
      { type: "dash", url: `https://${HOST}/bad/long.mpd` },
      /bad\/long\.mpd .*more than 1000000 segments/,
    ],
    ["a loop", { type: "sitemap", url: `https://${HOST}/bad/loop.xml` }, /^sources: no URL is left to warm/],
    ["a live playlist", { type: "hls", url: `https://${HOST}/bad/live.m3u8` }, /bad\/live\.m3u8 .*live/],
    ["a page", { type: "hls", url: `https://${HOST}/bad/page.html` }, /bad\/page\.html /],
    ["a redirect inside", { type: "list", url: `https://${HOST}/bad/inside.txt` }, /bad\/inside\.txt .*redirects/],
    ["nothing", { type: "list", url: `https://${HOST}/bad/nothing.txt?sig=secret` }, /bad\/nothing\.txt .*HTTP 404/],
    ["what is not there", { type: "list", s3: `s3://${BUCKET}/none.txt` }, /s3:\/\/media\/none\.txt .*NoSuchKey/],
  ])("%s: FAILED, with words that name the document; nothing is left over", async (_, source, reason) => {
    const stack = running();
    hostileSite(stack);
    const reqId = await stack.start(sourceRequest(source));
    await stack.until(reqId, "FAILED", 240_000);
    const summary = await stack.summary(reqId);
    expect(summary["reason"]).toMatch(reason);
    expect(JSON.stringify(summary)).not.toContain("secret");
    expect(await objectsOf(stack, reqId)).toEqual(
      [".csv", "/failures.csv", "/report.csv", "/results.csv.gz"].map((name) => `${reqId}${name}`),
    );
  });
});

function sitemap(root: string, entry: string, paths: readonly string[]): string {
  const entries = urls(...paths).map((url) => `<${entry}><loc>${url.replaceAll("&", "&amp;")}</loc></${entry}>`);
  return `<?xml version="1.0"?><${root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${entries.join("\n")}</${root}>`;
}

function hostileSite(stack: Stack): void {
  const entities = `<!DOCTYPE x [<!ENTITY a "${"x".repeat(100)}"><!ENTITY b "${"&a;".repeat(100)}">]>`;
  addDocument(stack, "/bad/entities.xml", `<?xml version="1.0"?>${entities}<urlset><url><loc>&b;</loc></url></urlset>`);
  addDocument(stack, "/bad/bomb.txt.gz", gzipSync(Buffer.alloc(60_000_000, "#\n")));
  const template = '<SegmentTemplate timescale="1000" duration="1" media="$Number$.m4s"/>';
  addDocument(
    stack,
    "/bad/long.mpd",
    `<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT3000S"><Period>
      <AdaptationSet mimeType="video/mp4">${template}<Representation id="v" bandwidth="1"/></AdaptationSet></Period></MPD>`,
  );
  addDocument(stack, "/bad/loop.xml", sitemap("sitemapindex", "sitemap", ["/bad/loop-2.xml", "/bad/loop.xml"]));
  addDocument(stack, "/bad/loop-2.xml", sitemap("sitemapindex", "sitemap", ["/bad/loop.xml"]));
  addDocument(stack, "/bad/live.m3u8", "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n1.ts\n");
  addDocument(stack, "/bad/page.html", "<!doctype html><html><body>Please log in</body></html>");
  const location = "http://169.254.169.254/latest/meta-data/";
  stack.setFaults(({ path }) =>
    path === "/bad/inside.txt" ? { kind: "status", status: 302, headers: { location } } : undefined,
  );
}

/** Keys of all that the bucket has of a request. */
async function objectsOf({ prewarm }: Stack, reqId: string): Promise<string[]> {
  const Bucket = prewarm.deployed.resource("PrewarmStorageLists", "AWS::S3::Bucket");
  const { Contents = [] } = await prewarm.clients.s3.send(new ListObjectsV2Command({ Bucket, Prefix: reqId }));
  return Contents.map(({ Key = "" }) => Key).toSorted();
}

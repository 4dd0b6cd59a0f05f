// Requests whose URLs come from documents: what a player or a browser would ask for is warm, and nothing else. Documents that
// attack end their requests.
import { gzipSync } from "node:zlib";
import { HOST } from "../../../tools/local/world.ts";
import { dashFilm, hlsFilm } from "../../e2e/media.ts";
import {
  addDocument,
  addFilm,
  addSmallObjects,
  expectWarm,
  POP,
  sitemap,
  sourceRequest,
  warmSource,
} from "../../e2e/source-requests.ts";
import { playDash, playHls, Viewer } from "../../e2e/viewer.ts";
import { type PipelineStack, pipelineStack } from "./stack.ts";

const BUCKET = "media";
const INTERNAL = "http://169.254.169.254/latest/meta-data/";

describe("sources", () => {
  const stack = pipelineStack({ parameters: { sourceBuckets: BUCKET } });
  beforeAll(() => addHostileDocuments(stack));

  const KEY = "https://licences.example.net/key";
  it.each([
    ["a DASH film of two periods", "dash", "manifest.mpd", dashFilm("/films/dash"), playDash, 43, []],
    ["an HLS film", "hls", "master.m3u8", hlsFilm("/films/hls", KEY), playHls, 90, [KEY]],
  ] as const)(
    "warm of %s all that a player asks the site for, and no more",
    async (_, type, name, film, play, count, others) => {
      addFilm(stack, film);
      const url = `https://${HOST}/films/${type}/${name}`;
      const reqId = await warmSource(stack, { type, url });
      const viewer = new Viewer(stack.standIn, POP, HOST);
      await play(viewer, url).finally(() => viewer.close());
      expect(viewer.cold).toEqual([]);
      const own = [...viewer.asked].filter((it) => new URL(it).host === HOST);
      expect([...viewer.asked].filter((it) => !own.includes(it))).toEqual(others);
      await expectWarm(stack, reqId, own);
      const left_out = others.length === 0 ? {} : { other_host: others.length };
      expect((await stack.progress(reqId))["sources"]).toMatchObject([{ state: "READ", urls: count, left_out }]);
    },
  );

  it("warm what robots.txt leads to, in every form of sitemap, and a dry run counts the same", async () => {
    const pages = addSmallObjects(stack, 4, (i) => `/pages/${i}`).map((path) => `https://${HOST}${path}`);
    const [xml = "", text = "", rss = "", atom = ""] = pages;
    addDocument(stack, "/robots.txt", `User-agent: *\nSitemap: https://${HOST}/forms/index.xml\n`);
    addDocument(
      stack,
      "/forms/index.xml",
      `\n${sitemap("sitemapindex", "sitemap", ["/forms/1.xml", "/forms/2.txt", "/forms/3", "/forms/4"])}`,
    );
    addDocument(stack, "/forms/1.xml", `\n<urlset><url><loc>${xml}</loc></url></urlset>`);
    addDocument(stack, "/forms/2.txt", `${text}\n`);
    addDocument(stack, "/forms/3", `<rss><channel><item><link>${rss}</link></item></channel></rss>`);
    addDocument(stack, "/forms/4", `<feed><entry><link href="${atom}"/></entry></feed>`);
    const source = { type: "sitemap", url: `https://${HOST}/robots.txt` };
    const dry = await stack.post("prewarm", sourceRequest(source, { dry_run: true }));
    expect(dry.json).toMatchObject({ estimate: { urls: 4, sources: [{ documents: 6, urls: 4, left_out: {} }] } });
    await expectWarm(stack, await warmSource(stack, source), pages);
  });

  it("report gaps of a playlist, which are not warmed", async () => {
    const [kept = ""] = addSmallObjects(stack, 1, () => "/gaps/1.ts");
    const playlist = "#EXTM3U\n#EXTINF:1,\n1.ts\n#EXT-X-GAP\n#EXTINF:1,\n2.ts\n#EXT-X-ENDLIST\n";
    addDocument(stack, "/gaps/main.m3u8", playlist);
    const url = `https://${HOST}/gaps/main.m3u8`;
    const reqId = await warmSource(stack, { type: "hls", url });
    expect(await stack.progress(reqId)).toMatchObject({ sources: [{ urls: 2, left_out: { gap: 1 } }] });
    await expectWarm(stack, reqId, [url, `https://${HOST}${kept}`]);
  });

  it.each([
    ["a bomb", { type: "list", url: `https://${HOST}/bad/bomb.txt.gz` }, /bad\/bomb\.txt\.gz .*(100|50000000)/],
    ["a loop", { type: "sitemap", url: `https://${HOST}/bad/loop.xml` }, /^sources: no URL is left to warm/],
    [
      "a redirect to an internal address",
      { type: "list", url: `https://${HOST}/bad/inside.txt` },
      /bad\/inside\.txt .*redirects/,
    ],
    [
      "an absent document",
      { type: "list", url: `https://${HOST}/bad/nothing.txt?sig=secret` },
      /bad\/nothing\.txt .*HTTP 404/,
    ],
    ["an absent object", { type: "list", s3: `s3://${BUCKET}/none.txt` }, /s3:\/\/media\/none\.txt .*NoSuchKey/],
  ])(
    "%s ends its request as FAILED with a reason that names the document, and leaves nothing behind",
    async (_, source, reason) => {
      stack.setFaults(({ path }) =>
        path === "/bad/inside.txt" ? { kind: "status", status: 302, headers: { location: INTERNAL } } : undefined,
      );
      const reqId = await stack.start(sourceRequest(source));
      await stack.until(reqId, "FAILED");
      const summary = await stack.summary(reqId);
      expect(summary["reason"]).toMatch(reason);
      expect(JSON.stringify(summary)).not.toContain("secret");
      expect(stack.objectsOf(reqId)).toEqual(
        [".csv", "/failures.csv", "/report.csv", "/results.csv.gz"].map((name) => `${reqId}${name}`),
      );
    },
  );
});

/** What an attacker publishes. test/probe/sources has what is refused in each kind of document. */
function addHostileDocuments(stack: PipelineStack): void {
  addDocument(stack, "/bad/bomb.txt.gz", gzipSync(Buffer.alloc(60_000_000, "#\n")));
  addDocument(stack, "/bad/loop.xml", sitemap("sitemapindex", "sitemap", ["/bad/loop-2.xml", "/bad/loop.xml"]));
  addDocument(stack, "/bad/loop-2.xml", sitemap("sitemapindex", "sitemap", ["/bad/loop.xml"]));
}

// Requests whose URLs come from long documents and long listings: thousands of tasks, which take minutes of CPU time.
import { gzipSync } from "node:zlib";
import { askAgain } from "../../../tools/local/results.ts";
import { HOST } from "../../../tools/local/world.ts";
import { body, urls } from "../../e2e/bodies.ts";
import { addDocument, sitemap } from "../../e2e/media.ts";
import { pipelineStack } from "./stack.ts";

const BUCKET = "media";
const POP = "SIN2-C1";

const stack = pipelineStack({ parameters: { sourceBuckets: BUCKET } });

/** Sends a request of one source, and expects that it warms exactly these URLs. @returns its progress */
async function expectWarm(source: Record<string, string>, expected: readonly string[]) {
  const reqId = await stack.start(body({ url_list: undefined, pops: [POP], timeout: 15, sources: [source] }));
  const progress = await stack.until(reqId, "FINISHED", 600_000);
  expect(progress["warm_count"]).toBe(expected.length);
  const results = await stack.taskResults(reqId);
  expect(results.map(({ url }) => url).toSorted()).toEqual(expected.toSorted());
  expect(await askAgain(stack.standIn, expected, [POP])).toEqual([]);
  return progress;
}

it("long sources warm a sitemap index of three times 2,000 URLs, packed", async () => {
  const { edge } = stack.standIn;
  const paths = Array.from({ length: 6_000 }, (_, i) => `/shop/${i % 7}/p-${i}.html?id=${i}&lang=en`);
  for (const path of paths) edge.addObject(path, { size: 100 });
  const maps = [0, 1, 2].map((i) => ({ path: `/maps/${i}.xml.gz`, its: paths.slice(i * 2_000, (i + 1) * 2_000) }));
  for (const { path, its } of maps) addDocument(edge, path, gzipSync(sitemap("urlset", "url", its)));
  const index = maps.map(({ path }) => path);
  addDocument(edge, "/sitemap.xml", sitemap("sitemapindex", "sitemap", index));
  await expectWarm({ type: "sitemap", url: `https://${HOST}/sitemap.xml` }, urls(...paths));
});

it("long sources warm a prefix of a bucket: 5,000 keys, as S3 spells them in URLs", async () => {
  const names = Array.from(
    { length: 5_000 },
    (_, i) => `${i} ${["a+b", "100%", "Grüße", "日本", "it's(1)"][i % 5]}.bin`,
  );
  for (const key of [...names.map((it) => `site/img/${it}`), "site/img/old/", "other/x"])
    stack.pipeline.aws.s3.objects.set(`${BUCKET}/${key}`, Buffer.from("x"));
  for (const name of names) stack.standIn.edge.addObject(`/img/${name}`, { size: 100 });
  const s3 = `s3://${BUCKET}/site/img/`;
  const source = { type: "s3-prefix", s3, base: `https://${HOST}/`, origin_path: "/site" };
  // As a page would name them.
  const { sources } = await expectWarm(source, urls(...names.map((it) => `/img/${encodeURIComponent(it)}`)));
  expect(sources).toMatchObject([{ from: s3, left_out: { folder: 1 } }]);
});

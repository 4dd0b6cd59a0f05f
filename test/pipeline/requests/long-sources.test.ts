// Requests whose URLs come from long documents and long listings: thousands of tasks, which take minutes of CPU time.
import { gzipSync } from "node:zlib";
import { HOST } from "../../../tools/local/world.ts";
import { urls } from "../../e2e/bodies.ts";
import { addDocument, addSmallObjects, expectWarm, sitemap, warmSource } from "../../e2e/source-requests.ts";
import { type PipelineStack, pipelineStack } from "./stack.ts";

const BUCKET = "media";
const LINES = 1_000;

describe("long sources", () => {
  const stack = pipelineStack({ parameters: { sourceBuckets: BUCKET } });

  it("warm a sitemap index of three times 2,000 URLs, packed", async () => {
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

  it("warm a prefix of a bucket: 5,000 keys, as S3 spells them in URLs", async () => {
    const names = Array.from(
      { length: 5_000 },
      (_, i) => `${i} ${["a+b", "100%", "Grüße", "日本", "it's(1)"][i % 5]}.bin`,
    );
    for (const key of [...names.map((it) => `site/img/${it}`), "site/img/old/", "other/x"]) putObject(stack, key, "x");
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

  it(`warm a list of ${LINES} lines in a bucket`, async () => {
    const paths = addSmallObjects(stack, LINES, (i) => `/long/${i}`);
    putObject(stack, "lists/long.txt", `${urls(...paths).join("\r\n")}\n`);
    const reqId = await warmSource(stack, { type: "list", s3: `s3://${BUCKET}/lists/long.txt` }, LINES);
    await expectWarm(stack, reqId, urls(...paths));
  });
});

function putObject({ pipeline }: PipelineStack, key: string, text: string): void {
  pipeline.aws.s3.objects.set(`${BUCKET}/${key}`, Buffer.from(text));
}

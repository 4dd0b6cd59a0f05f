// The recipes of docs/recipes.md, with their bodies as they stand there: each ends ready. Files are small here,
// and one instance has to do; hosts, POPs and all else are the document's.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetApiKeysCommand } from "@aws-sdk/client-api-gateway";
import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import * as z from "zod";
import { ROOT } from "../../../tools/local/paths.ts";
import { FILES, HOST, world } from "../../../tools/local/world.ts";
import type { CloudFrontAccount } from "../../../tools/memory-aws/cloudfront-account.ts";
import { accountOf, TAG_HEADER } from "../../../tools/memory-aws/distribution-kinds.ts";
import { merged } from "../../distribution-rows.ts";
import { uploaded } from "../../docs/snippets/uploaded.ts";
import { ran } from "../../spawned.ts";
import { urls } from "../bodies.ts";
import { deployedStackWithoutRest } from "../deployed-stack.ts";
import { addDocument, addFilm, hlsFilm, sitemap } from "../media.ts";
import { jsonOf, sectionsOf } from "../recipes.ts";
import { resetStack } from "../reset-stack.ts";
import type { Stack } from "../stack.ts";

const BUCKET = "my-bucket";
const PATCH = ["patch/1.2.0/a.bin", "patch/1.2.0/b.bin", "patch/1.2.0/c d.bin"];
const PAGES = ["/pages/1.html", "/pages/2.html"];
const UPLOADED = ["/new/app.js", "/new/app.css"];
const FILM = hlsFilm("/films/premiere", "https://licences.example.net/key");
const PATIENCE_MS = 240_000;
/** In CI, a missing tool fails the test. */
const SKIPS = !process.env["CI"] && ["curl", "jq"].some((it) => spawnSync(it, ["--version"]).status !== 0);

const bodySchema = z.looseObject({ instance_count: z.number() });
const recipes = sectionsOf(readFileSync(`${ROOT}docs/recipes.md`, "utf8")).flatMap(({ title, text }) =>
  jsonOf(text).map((json) => ({ title, body: { ...bodySchema.parse(JSON.parse(json)), instance_count: 1 } })),
);

/** What four of the recipes are about: a staging distribution, cache tags, two tenants, and signed cookies. */
const SITE = { id: "E1", domain: "d111111abcdef8.cloudfront.net", aliases: [HOST] };
const SHOPS = accountOf("tenants", {
  id: "E2",
  domain: "d222222abcdef8.cloudfront.net",
  aliases: ["shop-a.example.com"],
});
const SIGNED = accountOf("signed", {
  id: "E3",
  domain: "d333333abcdef8.cloudfront.net",
  aliases: ["members.example.com"],
});
const account = merged(
  accountOf("staging", SITE),
  {
    ...SHOPS,
    tenants: (SHOPS.tenants ?? []).map((it, n) => (n === 0 ? it : { ...it, domains: ["shop-b.example.com"] })),
  },
  SIGNED,
);
/** The recipes run at the same time: one invalidates by tag, and must not take what another one warms. */
const UNTAGGED = Object.fromEntries(Object.entries(FILES).map(([path, size]) => [path, { size }]));
const CacheTagConfig = { HeaderName: TAG_HEADER };
const distribution: CloudFrontAccount = {
  ...account,
  distributions: account.distributions.map((it) => ({ ...it, config: { ...it.config, CacheTagConfig } })),
};

/** How many URLs each comes to. */
const COUNTS: Readonly<Record<string, number>> = {
  "After each release, from CI": 2 * 2,
  "After an invalidation": 2,
  "Before a switch of DNS or traffic": 2 * 2,
  "Every night, from a sitemap": PAGES.length,
  "A patch of 80 GB": PATCH.length,
  "Warm a staging distribution": 2,
  "Distribution tenants": 2,
  "Signed URLs and cookies": 2,
  "Invalidation by path and by cache tag": 2,
  "A premiere": new Set(FILM.map(({ path }) => path)).size,
};

describe.concurrent("the recipes", () => {
  const running = deployedStackWithoutRest({
    edge: { ...world, distribution, site: UNTAGGED },
    parameters: { sourceBuckets: `${BUCKET}/lists/*,${BUCKET}/patch/*` },
  });
  const folder = mkdtempSync(join(tmpdir(), "prewarm-recipes-"));

  beforeAll(() => prepare(running()));
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    vi.unstubAllEnvs();
    await resetStack(running());
  });

  it.each(recipes)("$title: looked at first, then ready", async ({ title, body }) => {
    const stack = running();
    const { status, json } = await stack.post("prewarm", { ...body, dry_run: true });
    expect([status, json["error_message"], json["request_id"]]).toEqual([200, "", ""]);
    const reqId = await stack.start(body);
    const progress = await stack.until(reqId, "FINISHED", PATIENCE_MS);
    expect(progress).toMatchObject({ verdict: "ready", failed_count: 0 });
    const { json: detail } = await stack.call("GET", `prewarm?req_id=${reqId}&detail=pops`);
    const pops = z.array(z.object({ total_count: z.number() })).parse(detail["pops"]);
    expect(pops.map(({ total_count }) => total_count)).toEqual(pops.map(() => COUNTS[title]));
  });

  it("After an upload to S3: the function warms what the list names", async () => {
    const stack = running();
    const { clients, aws, apiUrl } = stack.prewarm;
    const Key = "lists/4f2a.txt";
    await clients.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: urls(...UPLOADED).join("\n") }));
    const { items = [] } = await clients.apiGateway.send(new GetApiKeysCommand({}));
    const key = items.find(({ description }) => !description?.includes("read-only"));
    const env = { ...aws.env, API: apiUrl, KEY_ID: key?.id, SITE: HOST };
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
    const { handler } = await import("../../../docs/snippets/warm-upload.ts");
    // EventBridge delivers at least once.
    await handler(uploaded(BUCKET, Key));
    await handler(uploaded(BUCKET, Key));
    const { json } = await stack.call("GET", "requests?limit=100");
    const all = z.array(z.object({ request_id: z.string() })).parse(json["requests"]);
    const progress = await Promise.all(all.map(({ request_id }) => stack.progress(request_id)));
    const own = progress.filter(({ sources }) => JSON.stringify(sources ?? "").includes(Key));
    expect(own).toHaveLength(1);
    const ended = await stack.until(String(own[0]?.["request_id"]), "FINISHED", PATIENCE_MS);
    expect(ended).toMatchObject({ verdict: "ready", total_count: UPLOADED.length * 10 });
  });

  it.skipIf(SKIPS)("the gate opens if all is warm, and else for what it is told to accept", async () => {
    const stack = running();
    const gate = (path: string, accept = "") => {
      const body = { url_list: urls(path), pops: ["SIN2-C1"], timeout: 5, instance_count: 1 };
      return passGate(stack, folder, body, accept);
    };
    const [open, shut, accepted] = await Promise.all([
      gate("/gate/open.html"),
      gate("/gate/none.html"),
      gate("/gate/none.html", "ready not_ready"),
    ]);
    expect(accepted.code).toBe(0);
    expect(open).toMatchObject({ code: 0, stdout: expect.stringContaining('"verdict": "ready"') });
    expect(shut).toMatchObject({ code: 1, stdout: expect.stringContaining('"verdict": "not_ready"') });
  });
});

/** Puts all that the recipes name onto the site, and into the bucket. */
async function prepare({ standIn: { edge }, prewarm }: Stack) {
  const { s3 } = prewarm.clients;
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  for (const Key of PATCH) {
    await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: "x" }));
    edge.addObject(`/${Key}`, { size: 200_000 });
  }
  for (const path of ["/patch/2.1/a.bin", "/patch/2.1/b.bin", "/shop/", "/gate/open.html", ...PAGES, ...UPLOADED])
    edge.addObject(path, { size: 1_000 });
  addDocument(edge, "/sitemap.xml", sitemap("urlset", "url", PAGES));
  addFilm(edge, FILM);
}

/** Runs the gate with a body, as a deployment script does. */
function passGate({ prewarm }: Stack, folder: string, body: unknown, ACCEPT: string) {
  const file = join(mkdtempSync(join(folder, "body-")), "body.json");
  writeFileSync(file, JSON.stringify(body));
  const env = { ...process.env, API: prewarm.apiUrl, KEY: prewarm.apiKey, ACCEPT, SECONDS_BETWEEN: "1" };
  return ran("bash", [`${ROOT}docs/snippets/warm-gate.sh`, file], { env });
}

// Each kind of distribution on the deployed stack: what the API, the command and the console say of a request for it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createElement } from "preact";
import { renderToString } from "preact-render-to-string";
import { progressSchema } from "../../../client/answers.ts";
import { SentenceLine } from "../../../console/request/sentence-line.tsx";
import { ReaderContext, readerOf } from "../../../console/session/reader.ts";
import { FINDINGS } from "../../../domain/distribution/findings.ts";
import { world } from "../../../tools/local/world.ts";
import type { DistributionKind } from "../../../tools/memory-aws/distribution-kinds.ts";
import { TAG_HEADER } from "../../../tools/memory-aws/distribution-kinds.ts";
import { expectTold, shownInConsole, textsOf } from "../../console/new/told.ts";
import { ACCOUNT, bodyFor, hostOf, PATHS, ROWS } from "../../distribution-rows.ts";
import { folderWith } from "../../folder-with.ts";
import { buildCommand, CommandLine } from "../command-line.ts";
import { deployedStackWithoutRest } from "../deployed-stack.ts";

beforeAll(buildCommand);
afterAll(() => vi.unstubAllGlobals());

const object = { size: 1_000, headers: { [TAG_HEADER]: "release-42" } };
const running = deployedStackWithoutRest({
  edge: { ...world, distribution: ACCOUNT, site: Object.fromEntries(PATHS.map((path) => [path, object])) },
});
const command = new CommandLine(running);

/** The answer of the API, and what the command says of the same body. */
async function told(body: object, ...words: string[]) {
  const { status, json } = await running().post("prewarm", body);
  const { child, ended } = command.begin("warm", "--from", "-", ...words);
  child.stdin.end(JSON.stringify(body));
  const { code, stdout, stderr } = await ended;
  return { answer: { status, body: json }, code, said: `${stdout}${stderr}`.replaceAll(/\s+/g, " ") };
}

describe.concurrent("a request", () => {
  it.each(ROWS)("for %s, %j: %s, in the API, the command and the console", async (...row) => {
    const [kind, changes, code] = row;
    const isRefusal = code !== undefined && FINDINGS[code] === "refusal";
    const it = await told(bodyFor(kind, { ...changes, dry_run: isRefusal ? undefined : true }));
    expect([it.answer.status, it.code]).toEqual(isRefusal ? [400, 1] : [200, 0]);
    for (const text of textsOf(it.answer)) expect(it.said).toContain(text);
    expectTold(it.answer, row);
  });

  it.each<[DistributionKind, changes: object, estimate: object, command: RegExp, console: RegExp]>([
    [
      "origin-shield",
      {},
      { origin_fetches: { expected: 7, origin_shield: ["eu-central-1"] } },
      /From the origin about 7 downloads \(Origin Shield in eu-central-1\)/,
      /in 7 requests .*eu-central-1/,
    ],
    [
      "uncached",
      {},
      { origin_fetches: { uncached: { urls: 6, fetches: 54 } } },
      /Not cached 6 URLs, 54 requests to the origin/,
      /in 57 requests/,
    ],
    ["uncached", { skip_uncached: true }, { urls: 1 }, /6 of 7 URLs are skipped/, /6 URLs/],
    [
      "price-class",
      { pops: undefined, regions: ["eu", "au"] },
      { pops: { excluded: expect.arrayContaining(["SYD1-C1"]) } },
      /× \d+ POPs/,
      /× \d+ POPs/,
    ],
    ["tags", { invalidate: { paths: ["/patch/*"], tags: ["release-42"] } }, {}, /Invalidation \$0/, /7 URLs × 3 POPs/],
  ])(
    "for %s, %j: the estimate of the API, the command and the console",
    async (kind, changes, estimate, says, shows) => {
      const it = await told(bodyFor(kind, { ...changes, dry_run: true }));
      expect(it.answer.body["estimate"]).toMatchObject(estimate);
      expect(it.said).toMatch(says);
      expect(shownInConsole(it.answer, "en").replaceAll(/\s+/g, " ")).toMatch(shows);
      expect(shownInConsole(it.answer, "zh")).toContain("POP");
    },
  );
});

it("a tenant is invalidated and warmed, an error that is cached for long ends its task, and embedded POPs are named beside no verdict that is not ready", async () => {
  const stack = running();
  const broken = `https://${hostOf("error-ttl")}${PATHS[1]}`;
  stack.setFaults(({ method, path }) =>
    method === "GET" && path === PATHS[1] ? { kind: "status", status: 500 } : undefined,
  );
  const before = stack.prewarm.cloudFront.calls.length;
  const body = bodyFor("tenants", {
    url_list: [`https://${hostOf("tenants")}${PATHS[0]}`, broken],
    pops: ["FRA60-P1"],
    invalidate: { paths: ["/patch/*"] },
  });
  // What an earlier check rejects asks nothing of CloudFront.
  expect((await stack.post("prewarm", bodyFor("mtls", { timeout: 0 }))).status).toBe(400);
  expect(stack.prewarm.cloudFront.calls).toHaveLength(before);
  const { child, ended } = command.begin("warm", "--from", "-");
  child.stdin.end(JSON.stringify(body));
  const { code, stdout, stderr } = await ended;
  expect([code, stdout]).toEqual([2, expect.not.stringContaining("embedded POPs")]);
  expect(stack.prewarm.cloudFront.calls.slice(before)).toEqual(
    expect.arrayContaining(["CreateInvalidationForDistributionTenant", "CreateInvalidation"]),
  );

  const id = /[0-9a-f]{8}-[0-9a-f-]+/.exec(stderr)?.[0] ?? "";
  const failure = /CloudFront caches HTTP 500 for 3600 s \(ErrorCachingMinTTL\)/;
  expect((await stack.report(id)).join("\n")).toMatch(failure);
  const page = join(folderWith(), "report.html");
  expect((await command.run("report", id, "--html", page)).code).toBe(0);
  expect(readFileSync(page, "utf8")).toMatch(failure);
  const request = progressSchema.parse(await stack.progress(id));
  expect(await stack.summary(id)).not.toHaveProperty("footnote");
  for (const [language, footnote] of [
    ["en", "embedded POPs"],
    ["zh", "嵌入式 POP"],
  ] as const) {
    const value = readerOf({ language, theme: "auto", shortcuts: false });
    const line = createElement(SentenceLine, { request, sentence: request.sentence, bad: 1 });
    expect(renderToString(createElement(ReaderContext.Provider, { value }, line))).not.toContain(footnote);
  }
});

// Errors and warnings of the API, as the command prints them.
import { asCalled } from "../../cli/as-called.ts";
import { program } from "../../cli/program.ts";
import { REASON_MESSAGES } from "../../domain/readiness/reasons.ts";
import { DEFAULT_CAPS } from "../../domain/request/caps.ts";
import type { PrewarmBody } from "../../domain/validation/bodies.ts";
import { checkPrewarmRequest } from "../../domain/validation/prewarm-request.ts";
import { AT, fakeApi, run } from "./fake-api.ts";

afterEach(() => void vi.unstubAllGlobals());

const BODY = { url_list: ["https://www.example.com/x"], timeout: 5, instance_count: 1 };
/** Values that the API rejects. */
const WRONG: Readonly<Record<keyof PrewarmBody, unknown>> = {
  url_list: ["x", "https://www.example.com/y", "z"],
  cf_domain: "-",
  target_type: "city",
  pops: ["SIN"],
  countries: ["nowhere"],
  regions: ["mars"],
  timeout: 0,
  header: ["none"],
  instance_count: 1_000,
  need_invalidate: "no",
  invalidate: { paths: ["patch"], tags: ["a b"] },
  verify: "never",
  downloads: 3,
  scope: "all",
  variants: [{ name: "a b", header: ["none"] }],
  origin: { requests_per_second: 0, concurrency: 0 },
  skip_uncached: 1,
  max_bytes: 0,
  client_token: "a b",
  sources: [
    { type: "sitemap", url: "http://www.example.com/s.xml", since: "May" },
    { type: "s3-prefix", s3: "s3://bucket/x", base: "https://www.example.com/?x", origin_path: "static" },
  ],
  dry_run: 1,
  retry_of: 1,
  max_failures: -1,
};

/** What the API says of a body. */
function refusalOf(body: object): string {
  const rules = { reqId: "r", now: 0, caps: DEFAULT_CAPS };
  try {
    checkPrewarmRequest(body, rules);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return expect.fail(`${JSON.stringify(body)} was accepted`);
}

const OPTIONS = new Set(
  program({ env: {}, cwd: "/" } as never, () => undefined).commands.flatMap((command) =>
    command.options.flatMap(({ long }) => long ?? []),
  ),
);

test.each(Object.entries(WRONG))("the fault of %s names an option of the command, and no field", (field, value) => {
  const said = refusalOf({ ...BODY, [field]: value });
  expect(said).toContain(field);
  const named = asCalled({})(said).replace(/; known.*/, "");
  expect(named).not.toMatch(/\b[a-z]+_[a-z_]+\b|\[\d+\]/);
  expect(named).not.toMatch(new RegExp(`(^|; )${field}\\b`));
  for (const [option] of named.matchAll(/--[a-z-]+/g)) expect(OPTIONS).toContain(option);
});

test("URLs stay as they are", () => {
  for (const url of ["https://h/a?sources[0]=1", "https://h/?q=(max_bytes)"])
    expect(asCalled({})(`sources[1]: ${url}; country: ${url} is not need_invalidate`)).toBe(
      `source 2: ${url}; --country: ${url} is not --invalidate`,
    );
});

test("conflicts of fields, warnings, and what to do about a failure name options, too", () => {
  const say = asCalled({});
  expect(say(refusalOf({ ...BODY, scope: "regional", verify: "off" }))).toBe("--scope regional needs --verify edge");
  expect(say("! price_class: CloudFront serves no viewers; to warm them anyway, list them in pops")).toBe(
    "! price_class: CloudFront serves no viewers; to warm them anyway, list them in --pop",
  );
  expect(say('set cf_domain, and set "header": ["X-Of: mine"]; send cookies in header or variants')).toBe(
    "set --cf-domain, and set --header 'X-Of: mine'; send cookies in --header or --variant",
  );
  for (const { next } of Object.values(REASON_MESSAGES)) expect(say(next.en)).not.toContain("cf_domain");
});

test("a URL keeps its words, and so does a body from a file", () => {
  for (const text of ["https://a.example/cf_domain/x?max_bytes=1&timeout: 3", "`prewarm pops` lists all POPs"])
    expect(asCalled({})(text)).toBe(text);
  expect(asCalled({}, { from: "request.json" })("timeout: must be whole minutes")).toBe(
    "timeout: must be whole minutes",
  );
});

test("a refusal and the failures of a request are printed so", async () => {
  const error_message =
    "cf_domain: '-' is not a domain name; url_list: 2 of 3 URLs are invalid (see error_urls). The first, 'x', is empty";
  fakeApi({ replies: { "POST prewarm": { status: 400, body: { error_message, error_urls: ["x", "z"] } } } });
  const { stderr } = await run(["warm", BODY.url_list.join(), ...AT]);
  expect(stderr).toContain("prewarm: --cf-domain: '-' is not a domain name; URLs: 2 of 3 URLs are invalid. The first,");
});

import { withDefaults } from "../../../cli/body/body.ts";
import { EMPTY_FORM, type Form } from "../../../console/new/form.ts";
import { formOfBody } from "../../../console/new/form-of-body.ts";
import { bodyOf, withToken } from "../../../console/new/request-body.ts";
import { choicesOf, languagesOf, variantsOf } from "../../../console/new/variant-choices.ts";
import { prewarmBodySchema } from "../../../domain/validation/bodies.ts";

test("a new form asks for what the command asks for", () => {
  const { timeout, instance_count } = bodyOf(EMPTY_FORM, []);
  expect({ timeout, instance_count }).toEqual(withDefaults({}));
});

const URLS = ["https://a.example/x"];
const form = (change: Partial<Form> = {}): Form => ({ ...EMPTY_FORM, pops: ["SIN2-P1"], ...change });

const FULL = form({
  instances: "2",
  minutes: "60",
  sources: [
    {
      type: "sitemap",
      address: " https://a.example/sitemap.xml ",
      base: "",
      originPath: "",
      since: "2026-11-01",
      hosts: "b.example, c.example",
    },
    {
      type: "s3-prefix",
      address: "s3://bucket/p/",
      base: "https://a.example/",
      originPath: "/p",
      since: "",
      hosts: "",
    },
    { type: "hls", address: " ", base: "", originPath: "", since: "", hosts: "" },
  ],
  domain: " d1.cloudfront.net ",
  compressions: ["gzip", "br"],
  header: "X-A: 1\n\nX-B: 2",
  verify: "off",
  downloads: "1",
  scope: "regional",
  originRate: "40",
  originConcurrency: "8",
  invalidate: true,
  invalidatePaths: "/a/*\n\n /b ",
  invalidateTags: "v1, v2，v3 v4",
  skipUncached: true,
  maxBytes: "1000",
  maxFailures: "0",
  token: "t1",
});

test("the body: of a form that was left as it is names its POPs all the same", () =>
  expect(bodyOf(form(), URLS)).toEqual({
    url_list: URLS,
    target_type: "pop",
    pops: ["SIN2-P1"],
    timeout: 30,
    instance_count: 1,
  }));

test("the body has every field that was filled", () => {
  expect(bodyOf(FULL, URLS)).toEqual({
    url_list: URLS,
    sources: [
      { type: "sitemap", url: "https://a.example/sitemap.xml", since: "2026-11-01", hosts: ["b.example", "c.example"] },
      { type: "s3-prefix", s3: "s3://bucket/p/", base: "https://a.example/", origin_path: "/p" },
    ],
    cf_domain: "d1.cloudfront.net",
    target_type: "pop",
    pops: ["SIN2-P1"],
    timeout: 60,
    instance_count: 2,
    header: ["X-A: 1", "X-B: 2"],
    variants: [
      { name: "br", header: ["Accept-Encoding: gzip, deflate, br"] },
      { name: "gzip", header: ["Accept-Encoding: gzip"] },
    ],
    verify: "off",
    downloads: 1,
    scope: "regional",
    origin: { requests_per_second: 40, concurrency: 8 },
    need_invalidate: true,
    invalidate: { paths: ["/a/*", "/b"], tags: ["v1", "v2", "v3", "v4"] },
    skip_uncached: true,
    max_bytes: 1000,
    max_failures: 0,
    client_token: "t1",
  });
});

test("the body is one that the API takes", () =>
  expect(prewarmBodySchema.safeParse(bodyOf(FULL, URLS)).success).toBe(true));

test("the body has what is no number as it was typed, for the API to name", () =>
  expect(bodyOf(form({ instances: "many", minutes: "" }), URLS)).toMatchObject({
    instance_count: "many",
    timeout: "",
  }));

test("a form of a body makes the same body again", () => {
  const again = formOfBody(JSON.parse(JSON.stringify(bodyOf(FULL, URLS))));
  expect(again).toBeDefined();
  expect(bodyOf(again ?? EMPTY_FORM, URLS)).toEqual(bodyOf(FULL, URLS));
});

test("a form of a body has the POPs that countries and regions stand for", () => {
  const body = { url_list: URLS, target_type: "region", regions: ["JP"], pops: ["SIN2-P1"] };
  expect(formOfBody(body)?.pops).toEqual(["NRT51-P2", "NRT57-P3"]);
});

test("a form of a body: with variants of its own keeps them as they are", () => {
  const variants = [{ name: "beta", header: ["X-Beta: 1"] }];
  const filled = formOfBody({ url_list: URLS, variants });
  expect(bodyOf(filled ?? EMPTY_FORM, URLS).variants).toEqual(variants);
});

test.each([null, 4, "x", {}, { url_list: "x" }, { retry_of: "1" }])("a form of a body is none of %j", (json) =>
  expect(formOfBody(json)).toBeUndefined(),
);

const names = (change: object) => variantsOf({ ...EMPTY_FORM, ...change }).map(({ name }) => name);

test("ready-made variants: none: each URL has one form", () => expect(names({})).toEqual([]));

test("ready-made variants compressions stand in the order in which none spoils another", () =>
  expect(names({ compressions: ["plain", "gzip", "br"] })).toEqual(["br", "gzip", "plain"]));

test("ready-made variants: several kinds are combined", () => {
  const variants = variantsOf({ ...EMPTY_FORM, compressions: ["br", "gzip"], languages: "en, de" });
  expect(variants.map(({ name }) => name)).toEqual(["en-br", "en-gzip", "de-br", "de-gzip"]);
  expect(variants[0]?.header).toEqual(["Accept-Language: en", "Accept-Encoding: gzip, deflate, br"]);
});

test("ready-made variants are found again in a body", () => {
  for (const chosen of [
    { compressions: ["br", "plain"] },
    { devices: ["desktop", "tablet"] },
    { languages: "en, zh-CN" },
  ])
    expect(choicesOf(variantsOf({ ...EMPTY_FORM, ...chosen }))).toMatchObject({ ...chosen, ownVariants: [] });
  expect(choicesOf([]).ownVariants).toEqual([]);
});

test("languages are parted by commas of any kind, each once", () =>
  expect(languagesOf(" en,de；zh-CN，en ")).toEqual(["en", "de", "zh-CN"]));

it("a body is sent with the form's client token, and else with that of the dialog", () => {
  const sent = (token: string) => withToken(bodyOf({ ...EMPTY_FORM, token }, []), "of the dialog").client_token;
  expect([sent(" mine "), sent(" ")]).toEqual(["mine", "of the dialog"]);
});

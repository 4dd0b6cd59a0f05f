import fc from "fast-check";

/** A call of the API that must be refused, whatever is in it. */
export interface HostileBody {
  readonly path: "prewarm" | "instances";
  readonly body: string;
}

/** A number that JSON can write and JavaScript cannot hold. */
class Json {
  constructor(readonly text: string) {}
}

const LONE_SURROGATE = "\ud83d";
const LONG = "x".repeat(20_000);
const HUGE = new Json("1e999");
const PROTOTYPES = ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty"];
const STRANGE: readonly unknown[] = [
  ...[true, {}, [[]], "", " ", LONG, LONE_SURROGATE, "\u0000", "\u202egnp.exe", "$(reboot)", "'; DROP TABLE x; --"],
  ...[HUGE, new Json("-1e999"), new Json("1e-999"), new Json("9".repeat(400)), 0.1, -1, 2 ** 53, [[[[[[[[]]]]]]]]],
  ...[Object.fromEntries([["__proto__", 1]]), { length: 1e9 }, [null], [true], [{}], [[LONG]], { "0": "a", length: 1 }],
];

const NO_LISTS = [1, {}, "x", [1], [null], [{}]];
const NO_TEXTS = [1, [], {}, LONG];
const NO_COUNTS = [null, -1, 1.5, "5", [], {}, HUGE, new Json("-1e999"), 2 ** 53];
const URLS = [
  ...["", "//a.example", "http://", "http:a", "ftp://a.example/", "http://a:b@a.example/", "http://a.example:22/"],
  ...["http://a.example/\u0000", "http://a.example/\r\nHost: b", "http://[::1/", "http://256.256.256.256/"],
  ...["http://a b/", "javascript:alert(1)", "data:,x", LONE_SURROGATE, `http://a.example/${LONE_SURROGATE}`],
  ...[`http://a.example/${LONG}`, `http://${"a.".repeat(600)}b/`],
];
const HEADERS = [
  ...["A", ": b", "A: b\r\nC: d", "A\u0000: b", "A: b\u0000", "Host: evil.example", "host : x", "Content-Length: 1"],
  ...["Transfer-Encoding: chunked", "Ä: b", "A: ü", `A: ${LONG}`],
];
const POPS = [LONE_SURROGATE, "../../etc", "SIN2-P1.evil.example", "SIN2-P1\u0000", "__proto__"];
const DOMAINS = [
  ...["localhost", "a b", "x\r\nHost: y", `${"a".repeat(64)}.example`, LONE_SURROGATE, "d1.cloudfront.net/x"],
  ...["-a.example", "a..b", "[::1]"],
];
const each = (values: readonly unknown[]) => values.map((value) => [value]);

/** For each field, what it must not be. */
const WRONG: Readonly<Record<string, readonly unknown[]>> = {
  url_list: [
    ...[null, [], ...NO_LISTS, ...each(URLS), Array(500).fill(7)],
    Array.from({ length: 21 }, (_, i) => `https://h${i}.example/`),
  ],
  cf_domain: [...NO_TEXTS, ...DOMAINS],
  target_type: [...NO_TEXTS, ...PROTOTYPES, "", "continent", "POP "],
  pops: [...NO_LISTS, ...each(POPS), Array.from({ length: 1_001 }, (_, i) => `P${i}`)],
  timeout: [...NO_COUNTS, 0, 10_081, new Json("1e-999")],
  header: [...NO_LISTS, ...each(HEADERS), Array(51).fill("A: b")],
  instance_count: [...NO_COUNTS, 301],
  need_invalidate: [0, 1, "true", [], {}],
  invalidate: [
    ...[0, true, "/*", [], {}, { paths: [] }, { tags: [] }, { path: ["/*"] }],
    ...["", "a", "/*/a", "/#", LONE_SURROGATE, `/${LONG}`].map((path) => ({ paths: [path] })),
    ...["", "#a", "a,b", "a*", "é", "x".repeat(257)].map((tag) => ({ tags: [tag] })),
  ],
  verify: ["", "EDGE", "addresses", true, 1, [], {}],
  downloads: ["", "1", "AUTO", 0, 3, 1.5, true, [], {}],
  scope: ["", "POP", "rec", true, 1, [], {}],
};
const UNKNOWN = [
  ...PROTOTYPES,
  ...["", " timeout", "Timeout", "order", "req_id", LONE_SURROGATE, "\u0000", LONG, "$where", "url_list[]"],
];
const GOOD = { url_list: ["https://www.example.com/index.html"], pops: ["SIN2-P1"], timeout: 5, instance_count: 0 };

const INSTANCES: readonly object[] = [
  ...[{}, ...NO_COUNTS.map((DesiredCapacity) => ({ DesiredCapacity })), { DesiredCapacity: 301 }],
  ...["no-such", "", LONE_SURROGATE, "\u0000", "x".repeat(3_000), "é", { S: "x" }].map((req_id) => ({
    DesiredCapacity: 0,
    req_id,
  })),
  ...[true, "yes"].map((force_stop) => ({ DesiredCapacity: 0, force_stop })),
];

/** Texts that are no JSON object. */
const TEXTS = [
  ...["", " ", "\ufeff", "null", "true", "0", '"x"', "[]", "1e999", "NaN"],
  ...["{", "}", "{]", '{"', '{"a"', '{"a":', '{"a":1'],
  ...["{'a':1}", "<xml/>", "a=b&c=d", "\u0000", LONE_SURROGATE, "/* x */ {}", "// x", '{"timeout": 5 // x\n}'],
  ...["[".repeat(5_000), '{"a":'.repeat(5_000), '\\"'.repeat(20_000), '"\n'.repeat(20_000)],
  ...[`{${'"a":1,'.repeat(10_001)}"b":1}`, `{"url_list":[${"1,".repeat(100_000)}1]}`],
  `{"countries":[${'"japan",'.repeat(30_000)}"japan"]}`,
];

const wrongField = fc
  .constantFrom(...Object.entries(WRONG))
  .chain(([name, values]) => fc.constantFrom(...values).map((value) => [name, value] as const));
const unknownField = fc.tuple(fc.constantFrom(...UNKNOWN), fc.constantFrom(...STRANGE));
/** A good body of POST /prewarm but for one field or two, in any order. */
const spoiltBody = fc
  .oneof(
    { weight: 1, arbitrary: unknownField.map((it) => [it]) },
    { weight: 6, arbitrary: fc.array(wrongField, { minLength: 1, maxLength: 2 }) },
  )
  .chain((spoilt) => {
    const names = spoilt.map(([name]) => name);
    const fields = [...Object.entries(GOOD).filter(([name]) => !names.includes(name)), ...spoilt];
    return fc.shuffledSubarray(fields, { minLength: fields.length }).map(written);
  });
/** Cut off, it is no JSON any more. */
const cutBody = fc.tuple(spoiltBody, fc.nat()).map(([text, place]) => text.slice(0, 1 + (place % (text.length - 1))));

const bodyOf = (weight: number, path: fc.Arbitrary<HostileBody["path"]>, body: fc.Arbitrary<string>) => ({
  weight,
  arbitrary: fc.record({ path, body }),
});
export const hostileBody: fc.Arbitrary<HostileBody> = fc.oneof(
  bodyOf(2, fc.constantFrom("prewarm", "instances"), fc.constantFrom(...TEXTS)),
  bodyOf(3, fc.constant("instances"), fc.constantFrom(...INSTANCES).map(json)),
  bodyOf(13, fc.constant("prewarm"), spoiltBody),
  bodyOf(2, fc.constant("prewarm"), cutBody),
);

/** Fields in their order: a name may be there twice, and `__proto__` is one like the others. */
function written(fields: readonly (readonly [string, unknown])[]): string {
  return `{${fields.map(([name, value]) => `${JSON.stringify(name)}:${json(value)}`).join(",")}}`;
}

function json(value: unknown): string {
  if (value instanceof Json) return value.text;
  if (Array.isArray(value)) return `[${value.map(json).join(",")}]`;
  return typeof value === "object" && value !== null ? written(Object.entries(value)) : JSON.stringify(value);
}

/** A call that must be refused, whatever is in it. */
export interface HostileBody {
  readonly path: "prewarm" | "instances";
  readonly body: string;
}

type Random = () => number;
type Fields = Readonly<Record<string, unknown>>;

const GOOD: Fields = {
  url_list: ["https://www.example.com/index.html"],
  pops: ["SIN2-P1"],
  timeout: 5,
  instance_count: 0,
};

/** A number that JSON can write and that is none afterwards. */
class Json {
  constructor(readonly text: string) {}
}

const LONE = "\ud83d";
const LONG = "x".repeat(20_000);
const nested = (depth: number): unknown => Array.from({ length: depth }).reduce<unknown>((inner) => [inner], []);
const STRANGE: readonly unknown[] = [
  ...[true, {}, [[]], "", " ", LONG, LONE, "\u0000", "\u202egnp.exe", "$(reboot)", "'; DROP TABLE x; --"],
  ...[
    new Json("1e999"),
    new Json("-1e999"),
    new Json("1e-999"),
    new Json("9".repeat(400)),
    0.1,
    -1,
    2 ** 53,
    nested(15),
  ],
  ...[
    Object.fromEntries([["__proto__", 1]]),
    { toString: 1 },
    { length: 1e9 },
    [null],
    [true],
    [{}],
    [[LONG]],
    { "0": "a", length: 1 },
  ],
];

/** For each field, what it must not be. */
const WRONG: Readonly<Record<string, readonly unknown[]>> = {
  url_list: [
    ...[
      null,
      [],
      [1],
      [null],
      {},
      "https://a.example/",
      [""],
      ["//a.example"],
      ["http://"],
      ["http:a"],
      ["ftp://a.example/"],
    ],
    ...[["http://a:b@a.example/"], ["http://a.example:22/"], [`http://a.example/${LONE}`], ["http://a.example/\u0000"]],
    ...[
      ["http://a.example/\r\nHost: b"],
      [`http://a.example/${LONG}`],
      [`http://${"a.".repeat(600)}b/`],
      ["http://[::1/"],
    ],
    ...[
      ["http://256.256.256.256/"],
      ["http://a b/"],
      ["javascript:alert(1)"],
      ["data:,x"],
      Array(500).fill(7),
      Array(500).fill(LONE),
    ],
    Array.from({ length: 21 }, (_, i) => `https://h${i}.example/`),
  ],
  cf_domain: [
    1,
    [],
    {},
    "localhost",
    "a b",
    "x\r\nHost: y",
    LONG,
    `${"a".repeat(64)}.example`,
    LONE,
    "d1.cloudfront.net/x",
    "-a.example",
    "a..b",
    "[::1]",
  ],
  target_type: [1, [], "", "continent", "POP ", "__proto__", "constructor", LONG],
  pops: [
    1,
    {},
    "SIN2-P1",
    [1],
    [null],
    [LONE],
    ["../../etc"],
    ["SIN2-P1.evil.example"],
    ["SIN2-P1\u0000"],
    ["__proto__"],
    Array.from({ length: 1_001 }, (_, i) => `P${i}`),
  ],
  timeout: [null, 0, -1, 1.5, 10_081, "5", [], {}, new Json("1e999"), new Json("1e-999"), 2 ** 53, new Json("5e400")],
  header: [
    ...[
      1,
      {},
      "A: b",
      [1],
      [null],
      ["A"],
      [": b"],
      ["A: b\r\nC: d"],
      ["A\u0000: b"],
      ["A: b\u0000"],
      ["Host: evil.example"],
    ],
    ...[
      ["Content-Length: 1"],
      ["Transfer-Encoding: chunked"],
      ["host : x"],
      ["Ä: b"],
      ["A: ü"],
      [`A: ${LONG}`],
      Array(51).fill("A: b"),
    ],
  ],
  instance_count: [null, -1, 0.5, 301, "1", [], {}, new Json("1e999"), new Json("-1e999"), 2 ** 31],
  need_invalidate: [0, 1, "true", [], {}],
  verify: ["", "EDGE", "all", true, 1, [], {}],
};

const UNKNOWN = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "hasOwnProperty",
  "",
  " timeout",
  "Timeout",
  "req_id",
  LONE,
  "\u0000",
  LONG,
  "$where",
  "url_list[]",
];

const INSTANCES: readonly Fields[] = [
  ...[
    {},
    { DesiredCapacity: null },
    { DesiredCapacity: -1 },
    { DesiredCapacity: 301 },
    { DesiredCapacity: "1" },
    { DesiredCapacity: new Json("1e999") },
  ],
  ...[
    { DesiredCapacity: 0, force_stop: true },
    { DesiredCapacity: 0, req_id: "no-such" },
    { DesiredCapacity: 0, req_id: "" },
  ],
  ...[
    { DesiredCapacity: 0, req_id: LONE },
    { DesiredCapacity: 0, req_id: "\u0000", force_stop: true },
    { DesiredCapacity: 0, req_id: "x".repeat(3_000) },
  ],
  ...[
    { DesiredCapacity: 0, req_id: "é" },
    { DesiredCapacity: 0, req_id: { S: "x" } },
    { DesiredCapacity: 0, force_stop: "yes" },
    { DesiredCapacity: 0.5 },
  ],
];

/** Texts that are no JSON object. */
const TEXTS = [
  ...[
    "",
    " ",
    "\ufeff",
    "null",
    "true",
    "0",
    '"x"',
    "[]",
    "1e999",
    "NaN",
    "{",
    "}",
    "{]",
    '{"',
    '{"a"',
    '{"a":',
    '{"a":1',
    "{'a':1}",
    "<xml/>",
    "a=b&c=d",
  ],
  ...[
    "\u0000",
    LONE,
    "/* x */ {}",
    "// x",
    '{"timeout": 5 // x\n}',
    "[".repeat(5_000),
    '{"a":'.repeat(5_000),
    '\\"'.repeat(20_000),
    '"\n'.repeat(20_000),
  ],
  ...[
    `{${'"a":1,'.repeat(10_001)}"b":1}`,
    `{"url_list":[${"1,".repeat(100_000)}1]}`,
    `{"countries":[${'"japan",'.repeat(30_000)}"japan"]}`,
  ],
];

/** One hostile call; the same numbers make the same. Each has at least one fault, so none may be accepted. */
export function hostileBody(random: Random): HostileBody {
  const one = <T>(list: readonly T[]) => pick(list, random);
  const kind = random();
  if (kind < 0.1) return { path: one(["prewarm", "instances"]), body: one(TEXTS) };
  if (kind < 0.25) return { path: "instances", body: write({ ...one(INSTANCES) }) };
  const fields = Object.entries({ ...GOOD });
  if (kind < 0.35) fields.push([one(UNKNOWN), one(STRANGE)]);
  else
    for (const name of random() < 0.7 ? [one(Object.keys(WRONG))] : [one(Object.keys(WRONG)), one(Object.keys(WRONG))])
      set(fields, name, one(WRONG[name] ?? []));
  const text = writeFields(shuffled(fields, random));
  // Cut off, it is no JSON any more.
  return { path: "prewarm", body: kind < 0.9 ? text : text.slice(0, 1 + Math.floor(random() * (text.length - 1))) };
}

function pick<T>(list: readonly T[], random: Random): T {
  const at = Math.floor(random() * list.length);
  for (const it of list.slice(at, at + 1)) return it;
  throw new RangeError("a list to choose from is empty");
}

function set(fields: [string, unknown][], name: string, value: unknown): void {
  const at = fields.findIndex(([known]) => known === name);
  if (at >= 0) fields.splice(at, 1);
  fields.push([name, value]);
}

function shuffled<T>(list: readonly T[], random: Random): T[] {
  return list
    .map((it) => ({ it, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ it }) => it);
}

/** JSON of fields in their order; a name may be there twice, and `__proto__` is one like the others. */
function writeFields(fields: readonly (readonly [string, unknown])[]): string {
  return `{${fields.map(([name, value]) => `${JSON.stringify(name)}:${write(value)}`).join(",")}}`;
}

function write(value: unknown): string {
  if (value instanceof Json) return value.text;
  if (Array.isArray(value)) return `[${value.map(write).join(",")}]`;
  if (typeof value === "object" && value !== null) return writeFields(Object.entries(value));
  return JSON.stringify(value);
}

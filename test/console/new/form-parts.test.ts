import type { Sent } from "../../../client/answers.ts";
import { estimatedSchema } from "../../../client/answers.ts";
import { beyondCaps, capOf } from "../../../console/new/caps.ts";
import { catalogueWith } from "../../../console/new/catalogue-with.ts";
import { dollarsIn, mostPaid } from "../../../console/new/cost.ts";
import { curlOf, prewarmOf } from "../../../console/new/curl.ts";
import { readDraft } from "../../../console/new/draft.ts";
import { readDropped } from "../../../console/new/dropped.ts";
import { faultsAt, faultsOf, NO_FAULTS, withHints } from "../../../console/new/faults.ts";
import { fromOrigin, ownPathsOf } from "../../../console/new/figures.ts";
import { EMPTY_FORM } from "../../../console/new/form.ts";
import { filledFrom, isLacking } from "../../../console/new/form-of-sent.ts";
import { whyNotSend } from "../../../console/new/may-send.ts";
import { bodyOf } from "../../../console/new/request-body.ts";
import { readUrlLines, withoutUrls } from "../../../console/new/url-lines.ts";
import { problemIn } from "../../../console/new/url-problem.ts";
import { estimatedFor, NOTHING } from "../../../console/new/use-estimate.ts";
import { csvRow } from "../../../domain/csv.ts";
import { normalizeUrl } from "../../../domain/net/urls.ts";
import { times } from "../../collect.ts";

describe("the faults of a 400", () => {
  const faults = faultsOf(
    "url_list: 'ftp://x/y' has the scheme ftp. Use absolute http:// or https:// URLs; header[2]: must be a string; " +
      "sources[0].url: must be an https:// URL; timeout: is required: whole minutes from 1 to 9; The body is odd; and 7 more problems like these",
  );
  test("stand at their fields; a semicolon within one is no end", () => {
    expect(faultsAt(faults, "url_list")).toEqual([
      "'ftp://x/y' has the scheme ftp. Use absolute http:// or https:// URLs",
    ]);
    expect(faultsAt(faults, "header", "sources")).toEqual([
      "[2]: must be a string",
      "[0].url: must be an https:// URL",
    ]);
  });
  test("that name no field are the rest", () => {
    expect(faults.rest).toEqual(["and 7 more problems like these"]);
    expect(faultsOf("The body is not valid JSON").rest).toEqual(["The body is not valid JSON"]);
  });

  test("have what a field takes before them, where there are words for it", () => {
    const hintOf = (field: string) => (field === "timeout" ? "1 to 9 minutes" : undefined);
    const hinted = withHints(faults, hintOf, () => undefined);
    expect(faultsAt(hinted, "timeout")).toEqual(["1 to 9 minutes", ...faultsAt(faults, "timeout")]);
    expect(faultsAt(hinted, "header")).toEqual(faultsAt(faults, "header"));
    expect(hinted.rest).toEqual(faults.rest);
    // What the settings of a distribution refuse names no field.
    const refused = "disabled: it serves nothing. Enable it";
    expect(withHints(faultsOf(refused), hintOf, () => "off").rest).toEqual(["off", refused]);
  });
});

describe("caps", () => {
  const cap = (parameter: string, value: number | null) => ({ parameter, value, unit: "", bounds: "" });
  const settings = { caps: [cap("maxInstances", 20), cap("maxTimeout", 100), cap("maxTasks", 1_000)] };
  test("are told by the parameter that sets them", () => {
    const beyond = beyondCaps(settings, { instances: "21", minutes: "100", tasks: 1_001 });
    expect([...beyond.values()]).toEqual([
      { parameter: "maxInstances", cap: 20 },
      { parameter: "maxTasks", cap: 1_000 },
    ]);
  });
  test("of a deployment that tells none bound nothing here", () => {
    expect(beyondCaps(undefined, { instances: "999", minutes: "1", tasks: 9e9 }).size).toBe(0);
    expect(capOf({ caps: [cap("maxInstances", null)] }, "maxInstances")).toBeUndefined();
  });
});

const value = estimatedSchema.parse({
  estimate: { pops: {}, bytes: {}, origin_fetches: {}, instances: {}, dollars: {} },
});

describe("an estimate", () => {
  const faults = faultsOf("timeout: is required");
  const last = { json: "a", estimated: { ...NOTHING, value, faults } };
  test("is of the form that it was asked for, and of no other", () => {
    expect(estimatedFor("a", last)).toMatchObject({ value, isUpdating: false });
    expect(estimatedFor("b", last)).toMatchObject({ value: undefined, previous: value, faults, isUpdating: true });
    expect(estimatedFor("", last)).toEqual(NOTHING);
  });
  test("whose sample has URLs that cannot be read: their lines can be removed, however they are written", () => {
    const gone = new Set(["https://www.example.com/a", "https://www.example.com/%C3%BC"]);
    const lines =
      "# https://www.example.com/a\n HTTPS://www.Example.com/a\n/b\nhttps://www.example.com/ü\nhttps://www.example.com/c";
    expect(withoutUrls(lines, gone)).toBe("# https://www.example.com/a\n/b\nhttps://www.example.com/c");
  });
});

describe("Send", () => {
  const fine = { urls: 1, badLines: 0, isTooMany: false, pops: 1, isBeyondCap: false, faults: NO_FAULTS };
  test.each([
    [{}, undefined],
    [{ urls: 0 }, "offNoUrls"],
    [{ badLines: 2 }, "offBadLines"],
    [{ isTooMany: true }, "offTooMany"],
    [{ pops: 0 }, "offNoPops"],
    [{ isBeyondCap: true, faults: faultsOf("timeout: is required") }, "offCap"],
    [{ faults: faultsOf("timeout: is required") }, "offFault"],
    [{ faults: faultsOf("disabled: it serves nothing. Enable it") }, "offRefused"],
  ] as const)("%j: off because of %s", (change, expected) => expect(whyNotSend({ ...fine, ...change })).toBe(expected));
});

test("the curl line quotes for a shell, and has no key in it", () => {
  const line = curlOf(JSON.stringify({ header: ["X: it's"] }), "https://api.example/prod/");
  expect(line).toBe(
    `curl -H "x-api-key: $PREWARM_API_KEY" -H 'content-type: application/json' -d '{"header":["X: it'\\''s"]}' https://api.example/prod/prewarm`,
  );
});

test.each([
  ["{}", /^printf %s '{}' \| npx prewarm warm --from - --endpoint https:\/\/api\.example\/prod\/$/, "-d '{}' "],
  // Too long for a command line: it is read from the file that it is saved as.
  ["x".repeat(100_001), /^npx prewarm warm --from request\.json --endpoint /, "-d @request.json "],
])("the same call with the command and with curl", (json, command, curl) => {
  expect(prewarmOf(json, "https://api.example/prod/")).toMatch(command);
  expect(curlOf(json, "https://api.example/prod/")).toContain(curl);
});

describe("a form that another request fills", () => {
  const body = {
    url_list: ["https://a.example/1"],
    target_type: "pop",
    pops: ["SIN2-P1"],
    timeout: 45,
    instance_count: 3,
    downloads: 2,
    origin: { requests_per_second: 40 },
    invalidate: { paths: ["/patch/*"] },
    max_failures: 9,
  };
  const filled = (change: Partial<Sent> = {}) =>
    filledFrom({ id: "r", asks: true, sent: { body, variant_names: [], header_count: 0, urls_omitted: 0, ...change } });

  test("makes the same body", () => {
    const { form, asks } = filled();
    expect(bodyOf(form, body.url_list)).toEqual(body);
    expect(asks).toBe(true);
  });

  test.each([
    [{ header_count: 2 }, {}],
    [{ urls_omitted: 5 }, {}],
    [{ variant_names: ["gzip", "plain"] }, { variants: [{ name: "gzip" }, { name: "plain" }] }],
    [{ variant_names: ["gzip", "mine"] }, {}],
  ])("that lacks something (%j) is not sent as it is", (change, expected) => {
    const { form, asks, lacks } = filled(change);
    expect(asks).toBe(false);
    expect(isLacking(lacks)).toBe(true);
    expect(bodyOf(form, body.url_list)).toMatchObject(expected);
  });
});

const DOLLARS = { total: 0, lines: [], prices_as_of: "", not_included: [] };

test("money has no cents above ten dollars", () =>
  expect([3.2, 9.999, 323.4].map((it) => dollarsIn("en", it))).toEqual(["$3.20", "$10", "$323"]));
test("money: what most of it is for", () => {
  const lines = (bytes: number) => [
    { line: "ec2_spot", dollars: 10 - bytes, of: "" },
    { line: "cloudfront_bytes", dollars: bytes, of: "" },
  ];
  const paid = (bytes: number) => mostPaid({ ...DOLLARS, total: 10, lines: lines(bytes) });
  expect(paid(9)).toEqual({ says: "almostAll", what: "payCloudfrontBytes" });
  expect(paid(4)).toEqual({ says: "mostly", what: "payEc2Spot" });
  expect(mostPaid(DOLLARS)).toBeUndefined();
});

describe("figures", () => {
  test("what comes from the origin, by the mean", () => {
    const estimate = estimatedSchema.shape.estimate.parse({
      tasks: 50,
      pops: { count: 10 },
      bytes: { estimate: 100, unreadable: 0, sampled: 9 },
      origin_fetches: { expected: 25 },
      instances: {},
      dollars: {},
    });
    expect(fromOrigin(estimate)).toEqual({ fetches: 25, bytes: 50 });
  });
  const urls = ["https://a.example/p/1", "https://a.example/p/2", "https://a.example/q"];
  const found = (count: number, ...skipped: string[]) => ({
    ...value,
    skipped_urls: skipped,
    estimate: { ...value.estimate, urls: count },
  });
  const half = { skip_uncached: true, invalidate: { paths: ["/p/*"] } } as const;
  test.each([
    ["all are", {}, undefined, 3],
    ["but those that a named path covers", { invalidate: { paths: ["/p/*"] } }, undefined, 1],
    ["with those of sources", { sources: [] }, found(13), 13],
    ["which only an estimate tells", { sources: [] }, undefined, undefined],
    ["without those that are left out", half, found(2, "https://a.example/p/1"), 1],
    ["which only an estimate knows", half, undefined, undefined],
  ])("how many URLs are invalidated: %s", (_, change, answer, expected) => {
    expect(ownPathsOf({ ...bodyOf(EMPTY_FORM, urls), ...change }, answer)).toBe(expected);
  });
});

test("a chosen POP that is not in the catalogue is in the list all the same", () => {
  const [pop] = catalogueWith([], ["SIN99-P9"]);
  expect(pop).toMatchObject({ code: "SIN99-P9", city: "Singapore", rec: "Singapore" });
});

test("a draft of another release, or none, is an empty form", () => {
  for (const stored of ["", "{}", "null", '{"urls":4}']) expect(readDraft(stored)).toEqual(EMPTY_FORM);
});

test("what is wrong with a URL is told in Chinese, too", () => {
  const urls = [
    "x",
    "ftp://a/",
    "https://a:8443/",
    "https://u@a/",
    `https://${"a".repeat(64)}.b/`,
    "https://a/\u0001b",
  ];
  for (const url of urls) {
    const result = normalizeUrl(url);
    const problem = "problem" in result ? result.problem : "";
    expect(problemIn(problem, "zh")).toMatch(/[\u4e00-\u9fff]/);
    expect(problemIn(problem, "en")).toContain(problem);
  }
});

test("a URL a line, each once; empty lines and comments are none", () => {
  const read = readUrlLines("# list\nhttps://a.example/x\r\n\n  https://a.example/y  \nHTTPS://A.example/x#top\n");
  expect(read).toMatchObject({ urls: ["https://a.example/x", "https://a.example/y"], bad: [], duplicates: 1 });
});

test("a host in Unicode is a URL, and the same one as in punycode", () => {
  const { urls, bad, duplicates } = readUrlLines("https://bücher.example/a\nhttps://xn--bcher-kva.example/a");
  expect({ urls, bad, duplicates }).toEqual({ urls: ["https://bücher.example/a"], bad: [], duplicates: 1 });
});

test("every line that is no URL is told, by its number", () => {
  const { bad } = readUrlLines("https://a.example/\nwww.a.example\n\nftp://a.example/x\nhttps://a.example:8443/");
  expect(bad).toEqual([
    { line: 2, text: "www.a.example", problem: "is not an absolute URL" },
    { line: 4, text: "ftp://a.example/x", problem: "has the scheme ftp" },
    { line: 5, text: "https://a.example:8443/", problem: expect.stringContaining("8443") },
  ]);
});

test("more than a request may have is told", () => {
  const many = times(60_001, (i) => `https://a.example/${i}`).join("\n");
  expect(readUrlLines(many).isTooMany).toBe(true);
});

const read = (name: string, text: string) => readDropped(name, text, EMPTY_FORM);

test("a file: of text is a URL a line, whatever is in it: what is none is marked then", () => {
  expect(read("urls.txt", "\uFEFFhttps://a.example/\r\n\nwww.b.example")).toEqual({
    lines: ["https://a.example/", "www.b.example"],
  });
});

test("a file: of comma-separated values is each cell that is a URL, quoted ones too", () => {
  const text = 'id,url,size\n1,https://a.example/x,10\n2,"https://a.example/a,b",20\n3;https://a.example/z;1\n';
  expect(read("report.csv", text)).toEqual({
    lines: ["https://a.example/x", "https://a.example/a,b", "https://a.example/z"],
  });
});

test("a file: that is a report of Prewarm has the URLs as they were asked for", () => {
  const report = csvRow(["pop", "url"]) + csvRow(["SIN2-P1", "https://a.example/;=1"]);
  expect(read("report.csv", report)).toEqual({ lines: ["https://a.example/;=1"] });
});

test("a file: of JSON is a list, or the body of a request, which fills the whole form", () => {
  expect(read("list.json", '["https://a.example/", 4]')).toEqual({ lines: ["https://a.example/"] });
  const dropped = read("request.json", '{"url_list":["https://a.example/"],"timeout":30,"instance_count":3}');
  expect(dropped).toMatchObject({ form: { urls: "https://a.example/", minutes: "30", instances: "3" } });
});

test("a file: with no URL in it is told so", () => {
  expect(read("empty.txt", " \n")).toEqual({ nothing: true });
  expect(read("report.csv", "a,b\n1,2")).toEqual({ nothing: true });
});

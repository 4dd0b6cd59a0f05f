// What a user may expect of any command: it uses or rejects each option, its lines fit the terminal, and the commands in them run.
import { Readable } from "node:stream";
import * as z from "zod";
import { checkNamedPops } from "../../cli/actions/check-body.ts";
import { Client } from "../../cli/api/client.ts";
import { allPops } from "../../cli/body/all-pops.ts";
import { printedCommand } from "../../cli/printed-command.ts";
import { VERSION } from "../../cli/version.ts";
import { DEFAULT_INSTANCES, DEFAULT_TIMEOUT_MINUTES } from "../../domain/limits.ts";
import { livePops } from "../../domain/pops/discovered-pops.ts";
import { listPops } from "../../domain/pops/list-pops.ts";
import { REGION_DEFAULTS } from "../../domain/pops/regions.ts";
import { Distributions } from "../../tools/edge/distributions.ts";
import { startDnsServer } from "../../tools/edge/dns.ts";
import { folderWith } from "../folder-with.ts";
import { serve } from "../serve.ts";
import { AT, type FakeApi, fakeApi, KNOWN_ID, NEW_ID, run, type Typed } from "./fake-api.ts";
import { FAILURES, POPS } from "./progress.ts";

const SHORT = KNOWN_ID.slice(0, 8);
const OBJECT = "https://a.example.com/x";
const ENDPOINT = AT.slice(1, 2).join();

test.each([["version"], ["-v"], ["--version"]])("%s prints the version alone", async (word) => {
  expect(await run([word])).toEqual({ code: 0, stdout: `${VERSION}\n`, stderr: "" });
});

test("- reads URLs from stdin, and only once", async () => {
  const api = fakeApi();
  const piped = `${OBJECT}\n# not this\nhttps://a.example.com/y\n`;
  expect(await run(["warm", "-", "https://a.example.com/z", "--no-wait", ...AT], { piped })).toMatchObject({ code: 0 });
  expect(api.calls[0]?.body).toMatchObject({
    url_list: ["https://a.example.com/z", OBJECT, "https://a.example.com/y"],
  });
  expect((await run(["warm", "-", "--from", "-", ...AT], { piped })).stderr).toContain("stdin can be read only once");
});

test("--from takes a body or a list of URLs, by what is in it", async () => {
  const sent = async (text: string) => {
    const api = fakeApi();
    const ran = await run(["warm", "--from", "-", "--no-wait", "--timeout", "1h", ...AT], { piped: text });
    return { ...ran, body: api.calls[0]?.body };
  };
  const list = await sent(`\uFEFF# these\n${OBJECT}\nhttps://a.example.com/y\n`);
  expect(list).toMatchObject({ code: 0, body: { url_list: [OBJECT, "https://a.example.com/y"], timeout: 60 } });
  const json = JSON.stringify({ url_list: [OBJECT], timeout: 5, pops: ["SIN2-P1"] });
  for (const text of [json, `\uFEFF\n  ${json}`])
    expect(await sent(text)).toMatchObject({ code: 0, body: { pops: ["SIN2-P1"], timeout: 60 } });
  expect(await sent(`["${OBJECT}"]`)).toMatchObject({ code: 1, stderr: expect.stringContaining("not a JSON object") });
  expect(await sent(`// a comment\n${json}`)).toMatchObject({ code: 1, stderr: expect.stringContaining("--from -: ") });
  expect((await sent("\n")).stderr).toContain("stdin has no URL and no body");
});

test.each([
  [[], "br,gzip"],
  [["--header", "Accept-Encoding: identity"], "identity"],
  [["--variant", "br=Accept-Encoding: br", "--variant", "plain=Accept-Encoding: identity"], "br; identity"],
])("a new request says which form it warms: %j", async (words, form) => {
  fakeApi();
  const { stderr } = await run(["warm", OBJECT, "--no-wait", ...words, ...AT]);
  expect(stderr).toContain(`The downloads send Accept-Encoding: ${form}.\n`);
});

describe("which POPs", () => {
  test.each([["warm", "--no-wait"], ["estimate"]])("%s says how many of those that are known", async (...words) => {
    fakeApi();
    const { stdout, stderr } = await run([...words, OBJECT, ...AT]);
    expect(stdout + stderr).toMatch(/30 of 363 POPs: the default set/);
  });

  const named = z.object({ pops: z.array(z.string()) });
  const client = {
    pops: async (filter: { country?: string | undefined; region?: string | undefined }) => {
      const region = filter.region === "eu" || filter.region === "cn" ? filter.region : undefined;
      const pops = listPops({ country: filter.country, region }, new Map());
      return {
        value: { timestamp: "", count: pops.length, source: "catalogue" as const, discovered_at: null, pops },
        json: undefined,
      };
    },
  };

  test("--all-pops selects all that are known, of places if some are named, without codes of documentation", async () => {
    const all = async (body: object) => named.parse(await allPops(client, { ...body })).pops;
    const everywhere = await all({});
    expect(everywhere.length).toBeGreaterThan(300);
    for (const pop of [...REGION_DEFAULTS.cn, "FRA53-C1"]) expect(everywhere).not.toContain(pop);
    const inEurope = await all({ target_type: "region", regions: ["eu"] });
    expect(inEurope.length).toBeLessThan(everywhere.length);
    expect(inEurope).toEqual(expect.arrayContaining([...REGION_DEFAULTS.eu]));
    expect((await all({ regions: ["cn"] })).toSorted()).toEqual([...REGION_DEFAULTS.cn].toSorted());
    expect(await all({ countries: ["JP"] })).toContain("NRT57-P3");
    await expect(allPops(client, { pops: ["SIN2-P1"] })).rejects.toThrow("--all-pops cannot be combined");
    // As without it: one list counts, the API warns of another, and refuses what is no list.
    const both = { regions: ["eu"], countries: ["JP"] };
    const europe = await allPops(client, { target_type: "region", ...both });
    expect(europe).toMatchObject({ pops: inEurope, countries: ["JP"], regions: undefined });
    expect(await all({ target_type: "pop", ...both })).toEqual(everywhere);
    for (const refused of [both, { pops: ["SIN2-P1", 5] }, { pops: "SIN2-P1" }])
      expect(await allPops(client, refused)).toEqual({});
  });

  test("--all-pops leaves out POPs that a discovery did not find, and selects those that it found", async () => {
    const list = { discovered_at: "2026-12-01 06:00:00.000000", sites: ["FRA"], pops: ["FRA53-C1", "FRA60-P30"] };
    const rows = listPops(
      { region: "eu" },
      new Map(),
      livePops({ list }, new Map(), Date.parse("2026-12-02T06:00:00Z")),
    );
    const value = { timestamp: "", count: rows.length, source: "discovered" as const, discovered_at: null, pops: rows };
    const answering = { pops: async () => ({ value, json: undefined }) };
    const { pops } = named.parse(await allPops(answering, { regions: ["eu"] }));
    // FRA53-C1 is an example in the catalogue.
    expect(pops.filter((pop) => pop.startsWith("FRA"))).toEqual(["FRA53-C1", "FRA60-P30"]);
    expect(pops).toContain("LHR61-P3");
  });

  test("pops marks the default set of its region", async () => {
    const rows = listPops({ region: "eu" }, new Map());
    const body = { timestamp: "", count: rows.length, source: "catalogue", discovered_at: null, pops: rows };
    fakeApi({ replies: { "GET pops": { status: 200, body } } });
    const { stdout } = await run(["pops", "--region", "eu", ...AT]);
    const marked = stdout.split("\n").filter((line) => / \* /.test(line));
    expect(marked.map((line) => line.split(" ")[0]).toSorted()).toEqual([...REGION_DEFAULTS.eu].toSorted());
  });
});

const RUNNING: Partial<FakeApi> = { progress: [{ status: "IN_PROGRESS" }] };

describe("each option is used or rejected", () => {
  test.each<[words: readonly string[], says: RegExp, typed?: Typed]>([
    [["warm", OBJECT, "--region", "us-east-1"], /--aws-region us-east-1/],
    [["warm", OBJECT, "--region", "eusc-de-east-1"], /--aws-region eusc-de-east-1/],
    [["list", "--stack", "S", "--aws-region", "eu"], /--region/],
    [["report", "--json", "--format", "html", ...AT], /'--format <format>' cannot be used with option '--json'/],
    [["report", "--json", "-o", "page.html", ...AT], /--json does not write a page/],
    [["warm", "--from", "-", ...AT], /cat request\.json \| prewarm warm --from -/, { input: "" }],
    [["list", "--api-key", "wrong"], /--api-key is set, but no API endpoint is/],
    [["list"], /PREWARM_API_KEY is set, but no API endpoint is/, { env: { PREWARM_API_KEY: "k" } }],
    [["list", "--direct", "--api-key", "k"], /--direct cannot be combined with --api-key/],
    [["list", "--status", "foo", ...AT], /--status: 'foo' is not a status\nUse one of CREATED, /],
    [["status", "--watch", "--pops", ...AT], /--watch/],
    [["report", "--lang", "zh", ...AT], /--lang/],
    [["warm", OBJECT, "--all-pops", "--pop", "SIN2-P1", ...AT], /--all-pops cannot be combined/],
    [
      ["list", "--endpoint", "nonsense", "--api-key", "k"],
      /^prewarm: --endpoint: 'nonsense' is not an https:\/\/ URL\n.*\n$/,
    ],
  ])("%s", async (words, says, typed) => {
    fakeApi();
    const { code, stdout, stderr } = await run(words, typed);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(says);
  });
});

test("a request has the defaults that the help states", async () => {
  const api = fakeApi();
  await run(["warm", OBJECT, "--no-wait", ...AT]);
  expect(api.calls[0]?.body).toMatchObject({ timeout: DEFAULT_TIMEOUT_MINUTES, instance_count: DEFAULT_INSTANCES });
  const { stdout } = await run(["warm", "--help"]);
  expect(stdout).toMatch(new RegExp(`--timeout .*default: ${DEFAULT_TIMEOUT_MINUTES}m;`));
  expect(stdout).toMatch(new RegExp(`--instances .*default: ${DEFAULT_INSTANCES}\\)`));
});

describe("commands in what it says run as they are printed", () => {
  test.each<[called: string, env: Record<string, string>, program: string]>([
    ["by itself", {}, "prewarm"],
    ["by npx", { npm_command: "exec" }, "npx prewarm"],
  ])("where it is called %s", async (_, env, program) => {
    fakeApi({ summary: { failed_count: 9 }, progress: [{ status: "FINISHED", failed_count: 9 }] });
    const at = `--endpoint ${ENDPOINT} --api-key KEY`;
    const { stdout } = await run(["status", SHORT, ...AT], { env });
    expect(stdout).toMatch(new RegExp(` Next: ${program} report ${SHORT} --failed ${at}\n$`));
    const left = await run(["warm", OBJECT, "--no-wait", ...AT], { env });
    expect(left.stderr).toContain(`${program} status ${NEW_ID.slice(0, 8)} --watch ${at}`);
    const missing = await run(["status", "ffff", ...AT], { env });
    expect(missing.stderr).toContain(`\`${program} list ${at}\``);
    expect((await run(["warn"], { env })).stderr).toContain(`Run '${program} --help' for usage.`);
  });
});

test("a direct run's next command asks the same resolver", () => {
  const command = printedCommand({}, { direct: true, dns: ["1.1.1.1", "9.9.9.9"] });
  expect(["retry", "resume", "status"].map((name) => command(name, "3f9c"))).toEqual([
    "prewarm retry 3f9c --direct --dns 1.1.1.1 --dns 9.9.9.9",
    "prewarm resume 3f9c --dns 1.1.1.1 --dns 9.9.9.9",
    "prewarm status 3f9c --direct",
  ]);
});

describe("the first line says who warms, and where:", () => {
  const first = async (words: readonly string[], env: Record<string, string> = {}) =>
    (await run([...words, "--no-wait"], { env })).stderr.split("\n")[0];

  test.each([
    ["an address that is named", AT, {}, `Deployment: ${ENDPOINT} (from --endpoint).`],
    [
      "the environment's",
      [],
      { PREWARM_ENDPOINT: ENDPOINT, PREWARM_API_KEY: "k" },
      `Deployment: ${ENDPOINT} (from PREWARM_ENDPOINT).`,
    ],
    ["this machine", ["--direct"], {}, "Direct run: this machine downloads."],
  ])("%s", async (_, place, env, line) => {
    fakeApi();
    expect(await first(["warm", OBJECT, ...place], env)).toBe(line);
    expect(await first(["retry", KNOWN_ID, ...place], env)).toBe(line);
  });

  test("a local run", async () => {
    const dnsPort = await localDns();
    const apiUrl = `${await serve((_, response) => void response.writeHead(403).end())}/prod/`;
    const place = { apiUrl, apiKey: "k", edge: { dnsPort, httpsPort: 1, httpPort: 1, caFile: "" } };
    const folder = folderWith({ ".local/endpoint.json": JSON.stringify(place) });
    const { stderr } = await run(["warm", OBJECT, "--local"], { cwd: folder });
    expect(stderr.split("\n")[0]).toBe(`Local run: ${apiUrl} (from ${folder}/.local/endpoint.json).`);
  });
});

const DOMAIN = "d111111abcdef8.cloudfront.net";

/** A local run's DNS, which knows www.example.com and two POPs. @returns its port */
async function localDns(): Promise<number> {
  const { address, close } = await startDnsServer({
    distributions: new Distributions([{ domain: DOMAIN, aliases: ["www.example.com"] }]),
    addressesOf: new Map(["SIN2-P1", "SIN2-P99"].map((pop) => [pop, ["127.0.0.1"]])),
    nearest: ["127.0.0.1"],
  });
  onTestFinished(close);
  return Number(address.split(":")[1]);
}

describe("a POP that is not in the catalogue", () => {
  /** What is said of it before the request is made. */
  async function said(body: object) {
    fakeApi();
    const edge = { dnsPort: await localDns(), httpsPort: 1, httpPort: 1, caFile: "" };
    const client = new Client({ url: ENDPOINT, key: "k", from: "a test", localRun: { aws: undefined, edge } });
    let stderr = "";
    const sink = { write: (text: string) => (stderr += text) };
    const shell = { env: {}, cwd: "/", stdin: Readable.from([]), stdout: sink, stderr: sink };
    await checkNamedPops(shell, client, { ...body });
    return stderr;
  }

  test.each([{ url_list: ["https://www.example.com/x"] }, { cf_domain: DOMAIN }])(
    "and has no DNS name ends the command: %o",
    (body) =>
      expect(said({ ...body, pops: ["SIN2-P1", "sin2-p98"] })).rejects.toMatchObject({
        message: expect.stringMatching(
          /^POP SIN2-P98 is not in the catalogue \(nearest known: (SIN2-P\d(, )?){3}\), and d111111abcdef8\.SIN2-P98\.cloudfront\.net does not exist in DNS \(ENOTFOUND\)$/,
        ),
      }),
  );

  test("and has a DNS name is warmed", async () => {
    expect(await said({ cf_domain: DOMAIN, pops: ["SIN2-P1", "SIN2-P99"] })).toMatch(
      /^! POP SIN2-P99 is not in the catalogue \(nearest known: SIN2-P\d/,
    );
  });

  test.each([
    ["nobody knows the distribution", { url_list: ["https://a.example.com/x"], pops: ["SIN2-P1", "XXX1-P1"] }],
    ["no known POP resolves either", { cf_domain: DOMAIN, pops: ["XXX1-P1"] }],
  ])("is told, and left to the deployment, if %s", async (_, body) => {
    expect(await said(body)).toMatch(
      /^! POP XXX1-P1 is not in the catalogue \(nearest known: (\w{3}\d+-[CP]\d+(, )?){3}\)\.\n$/,
    );
  });

  test("is not looked for if all are known, or another list counts", async () => {
    expect(await said({ cf_domain: DOMAIN, pops: ["ICN51-C1"] })).toBe("");
    expect(await said({ cf_domain: DOMAIN, target_type: "region", pops: ["XXX1-P1"] })).toBe("");
  });
});

test("a paused request says how to continue", async () => {
  fakeApi();
  const { stderr } = await run(["warm", OBJECT, "--instances", "0", "--no-wait", ...AT]);
  expect(stderr).toMatch(/Paused: .*prewarm instances set 1 /);
});

test("stop speaks of the request, and not of the group of instances", async () => {
  fakeApi({ ...RUNNING, replies: { "POST instances": { status: 200, body: { message: "Auto Scaling Group g: 0" } } } });
  const { stdout, stderr } = await run(["stop", SHORT, "--yes", ...AT]);
  expect(stdout).toBe(`${SHORT} is stopped. Objects that are warm stay warm.\n`);
  expect(stderr).toMatch(/^To warm the rest: prewarm retry /);
});

test("status and list show the ID of the API key", async () => {
  fakeApi({ progress: [{ status: "IN_PROGRESS", key_id: "key-1" }] });
  expect((await run(["status", SHORT, ...AT])).stdout).toContain("API key ID: key-1\n");
  expect((await run(["list", ...AT])).stdout).toMatch(/^ID .* KEY .*\n.* key-1 /);
});

describe.each([60, 80, 100, 200])("at %i columns", (columns) => {
  const many = {
    ...RUNNING,
    progress: [
      { status: "FINISHED", failed_count: 9, verdict: "ready_with_exceptions", pops: POPS, failures: FAILURES },
    ],
    summary: { failures: FAILURES },
    report: {
      status: 200,
      text: `pop,outcome,http_status,error,url\nSIN2-C1,not_kept,503,${"the POP has no room ".repeat(9)},${OBJECT}${"/y".repeat(90)}\n`,
    },
  } as const;

  test.each<[words: readonly string[], head: RegExp, whole: RegExp]>([
    [["list"], /^ID +STATUS/, new RegExp(`^${SHORT} `, "m")],
    [["report", SHORT], /^POP /, /^SIN2-C1 /m],
    [["status", SHORT, "--pops"], /^e059b77b/, /^POP .*FAILED/m],
    [["pops"], /^POP +DEFAULT/, /^\w{3}\d+-[CP]\d+ /m],
  ])("%s has a head, whole ids, and no line that is longer", async (words, head, whole) => {
    fakeApi(many);
    const { stdout } = await run([...words, ...AT], { isTTY: true, columns, env: { NO_COLOR: "1" } });
    expect(stdout).toMatch(head);
    expect(stdout).toMatch(whole);
    const long = stdout.split("\n").filter((line) => line.length > columns);
    // A command that is to be copied is not broken.
    expect(long.filter((line) => !line.startsWith("Next: ") && !line.includes("--endpoint"))).toEqual([]);
  });
});

// `prewarm pops --discover`: what the DNS is asked and how fast, what is kept, and what direct runs make of it.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { PopDiscovery } from "../../../cli/direct/pop-discovery.ts";
import { RunStore } from "../../../cli/direct/store/run-store.ts";
import { candidatesAt, DISCOVERED_KEY, readDiscovered } from "../../../domain/pops/discovered-pops.ts";
import { REGION_DEFAULTS } from "../../../domain/pops/regions.ts";
import { SITES } from "../../../domain/pops/sites.ts";
import { formatTimestamp } from "../../../domain/timestamps.ts";
import { Distributions } from "../../../tools/edge/distributions.ts";
import { startDnsServer } from "../../../tools/edge/dns.ts";
import { useVirtualClock } from "../../virtual-clock.ts";
import { run as runCommand } from "../fake-api.ts";

useVirtualClock({ idleMs: 2 });
vi.setConfig({ testTimeout: 60_000 });

const LABEL = "d111111abcdef8";
const siteNamed = (...names: string[]) => SITES.filter(({ iata }) => names.includes(iata));
const codeOf = (name: string) => name.split(".")[1] ?? "";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "prewarm-test-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A resolver in which these POPs exist. */
function fakeDns(
  pops: readonly string[],
  { answer }: { answer?: (pop: string, n: number) => string | undefined } = {},
) {
  const existing = new Set(pops);
  const asked: { pop: string; at: number }[] = [];
  const addresses = async (name: string) => {
    const pop = codeOf(name);
    const code = answer?.(pop, asked.length) ?? (existing.has(pop) ? "" : "ENOTFOUND");
    asked.push({ pop, at: performance.now() });
    if (code !== "") throw Object.assign(new Error(code), { code });
    return ["192.0.2.1"];
  };
  return { asked, addresses };
}

const storedList = () => JSON.parse(readFileSync(join(folder, "discovered-pops.json"), "utf8"));

describe("a discovery", () => {
  it("asks for each candidate once, at most 200 a second, and stores what resolves", async () => {
    const dns = fakeDns(["SIN2-P1", "SIN900-P20", "SIN52-C4"]);
    const discovery = new PopDiscovery(new RunStore(folder), dns);
    const plan = await discovery.plan(siteNamed("SIN"));
    expect(plan.candidates).toEqual(candidatesAt(siteNamed("SIN")));
    const { list } = await discovery.run(plan, { label: LABEL });
    expect(list).toMatchObject({ sites: ["SIN"], pops: ["SIN2-P1", "SIN52-C4", "SIN900-P20"] });
    expect(storedList()).toEqual(list);
    for (const { pop, at } of dns.asked) {
      const within = dns.asked.filter((it) => it.at >= at && it.at < at + 1_000);
      expect(within.length, pop).toBeLessThanOrEqual(200);
    }
    const times = plan.candidates.map((pop) => dns.asked.filter((it) => it.pop === pop).length);
    const inDefaultSets = new Set<string>(Object.values(REGION_DEFAULTS).flat());
    // The default sets show first whether the label is any distribution's.
    expect(times).toEqual(plan.candidates.map((pop) => (inDefaultSets.has(pop) ? 2 : 1)));
  });

  it("stops at a resolver that answers every name, before it asks for any POP", async () => {
    const dns = fakeDns([], { answer: () => "" });
    const discovery = new PopDiscovery(new RunStore(folder), dns);
    const plan = await discovery.plan(siteNamed("SIN"));
    await expect(discovery.run(plan, { label: LABEL })).rejects.toThrow(/answers every name/);
    expect(dns.asked.length).toBe(1);
    await expect(new RunStore(folder).discoveredPops()).resolves.toBeUndefined();
  });

  it.each([
    ["does not answer", { answer: () => "ETIMEOUT" }, /does not answer: ETIMEOUT/],
    ["knows no POP under the label", {}, /No POP of the default sets resolves under the label/],
  ])("stops at a resolver that %s", async (_, options, problem) => {
    const discovery = new PopDiscovery(new RunStore(folder), fakeDns([], options));
    await expect(discovery.run(await discovery.plan(siteNamed("SIN")), { label: LABEL })).rejects.toThrow(problem);
  });

  it("asks again for names without an answer, and leaves a site incomplete that has one at the end", async () => {
    const lost = (pop: string) => (pop === "SIN2-P3" ? "ETIMEOUT" : undefined);
    const late = new Set(["SYD62-P2"]);
    const answer = (pop: string) => (late.delete(pop) ? "ESERVFAIL" : lost(pop));
    const dns = fakeDns(["SIN2-P1", "SYD62-P2"], { answer });
    const discovery = new PopDiscovery(new RunStore(folder), dns);
    const plan = await discovery.plan(siteNamed("SIN", "SYD"));
    const { list, unclear } = await discovery.run(plan, { label: LABEL });
    expect(list).toMatchObject({ sites: ["SYD"], pops: ["SIN2-P1", "SYD62-P2"] });
    expect(unclear).toBe(1);
  });

  it("ends where the resolver stops answering, and keeps what it has found", async () => {
    const answer = (_: string, n: number) => (n > 200 ? "ETIMEOUT" : undefined);
    const dns = fakeDns(["SIN2-P1"], { answer });
    const discovery = new PopDiscovery(new RunStore(folder), dns);
    const { list } = await discovery.run(await discovery.plan(siteNamed("SIN", "SYD")), { label: LABEL });
    expect(list).toMatchObject({ sites: [], pops: ["SIN2-P1"] });
    // Those that waited for their turn meanwhile are asked, too.
    expect(dns.asked.length).toBeLessThan(201 + 200 + 64);
  });

  it("that is interrupted keeps its answers, and the next one asks for the incomplete sites alone", async () => {
    const dns = fakeDns(["SIN2-P1", "SYD1-C1", "SYD62-P5"]);
    const discovery = new PopDiscovery(new RunStore(folder), dns);
    const stop = new AbortController();
    const first = await discovery.plan(siteNamed("SIN", "SYD"));
    const bound = 900;
    const interrupted = await discovery.run(first, {
      label: LABEL,
      signal: stop.signal,
      onAnswer: ({ answered }) => answered.size >= bound && stop.abort(),
    });
    expect(interrupted.answered).toBeLessThan(first.candidates.length);
    expect(interrupted.list).toMatchObject({ sites: ["SIN"], pops: expect.arrayContaining(["SIN2-P1", "SYD62-P5"]) });
    const next = await discovery.plan(siteNamed("SIN", "SYD"));
    expect([next.completedSites, next.candidates]).toEqual([1, candidatesAt(siteNamed("SYD"))]);
    const { list } = await discovery.run(next, { label: LABEL });
    expect(list).toEqual({
      discovered_at: interrupted.list.discovered_at,
      sites: ["SIN", "SYD"],
      pops: ["SIN2-P1", "SYD1-C1", "SYD62-P5"],
    });
    // All is known: it is asked for anew.
    expect((await discovery.plan(siteNamed("SIN", "SYD"))).completedSites).toBe(0);
  });
});

describe("the command", () => {
  async function commandWith(pops: readonly string[]) {
    const server = await startDnsServer({
      distributions: new Distributions([{ domain: `${LABEL}.cloudfront.net` }]),
      addressesOf: new Map(pops.map((pop) => [pop, ["127.0.0.2"]])),
      nearest: [],
    });
    onTestFinished(() => server.close());
    const env = { XDG_STATE_HOME: folder, PREWARM_DNS_SERVERS: server.address };
    return (...words: string[]) => runCommand(["pops", ...words], { env });
  }
  const save = (list: object) => new RunStore(join(folder, "prewarm")).putDiscoveredPops(JSON.stringify(list));

  it("states the number of questions and the time first, a line every ten seconds, and saves to a file", async () => {
    const command = await commandWith(["YUL62-C1", "YTO50-P17", "SIN2-P1"]);
    const file = join(folder, "list.json");
    const sites = ["--discover", "--label", LABEL, "--region", "ca", "--save", file];
    const { code, stdout, stderr } = await command(...sites);
    expect([code, stdout]).toEqual([0, expect.stringContaining("2 POPs of")]);
    expect(stderr).toMatch(/^Asking the DNS for [\d,]+ names, at most 200 per second: about \d+ (s|min)/);
    const lines = stderr.match(/^\d{4}-\S+Z \d+% names=\d+\/\d+ pops=\d+ left=\d+s$/gm) ?? [];
    expect(lines.length).toBeGreaterThan(0);
    expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({ pops: ["YTO50-P17", "YUL62-C1"] });
    // And the list is used.
    const listed = await command("--country", "canada", "--json", "--direct");
    const { source, discovered_at, pops } = JSON.parse(listed.stdout);
    expect([source, discovered_at]).toEqual(["discovered", expect.stringMatching(/^\d{4}-/)]);
    const alive = pops.filter((pop: { resolves: boolean }) => pop.resolves).map((pop: { code: string }) => pop.code);
    expect(alive).toEqual(["YTO50-P17", "YUL62-C1"]);
    expect((await command("--country", "sg", "--direct")).stderr).toMatch(/The list: discovered \d+ s ago/);
  });

  it("puts the list into the bucket of a stack, where the API reads it", async () => {
    const puts: { path: string; body: string }[] = [];
    const s3 = createServer(async (request, response) => {
      puts.push({ path: `${request.method} ${request.url?.split("?")[0]}`, body: (await buffer(request)).toString() });
      response.end();
    });
    await new Promise<void>((resolve) => s3.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void s3.close());
    const { port } = s3.address() as AddressInfo;
    vi.stubEnv("AWS_ENDPOINT_URL_S3", `http://127.0.0.1:${port}`);
    vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
    onTestFinished(() => void vi.unstubAllEnvs());
    const command = await commandWith(["SIN2-P17", "SIN2-P1"]);
    const { code, stderr } = await command(
      ...["--discover", "--label", LABEL, "--country", "sg", "--save", "s3://my-bucket"],
    );
    expect([code, stderr]).toEqual([0, expect.stringContaining(`Saved to s3://my-bucket/${DISCOVERED_KEY}`)]);
    expect(puts.map(({ path }) => path)).toEqual([`PUT /my-bucket/${DISCOVERED_KEY}`]);
    // The SDK sends a body in chunks with a checksum.
    const [, json = ""] = /(\{.*\})/.exec(puts[0]?.body ?? "") ?? [];
    expect(readDiscovered(json, Date.now()).list).toMatchObject({ sites: ["SIN"], pops: ["SIN2-P1", "SIN2-P17"] });
  });

  it("keeps the answers so far on Ctrl-C, and ends with 3", async () => {
    const command = await commandWith(["SIN2-P1"]);
    const running = command("--discover", "--label", LABEL, "--country", "sg");
    setTimeout(() => process.emit("SIGINT"), 2_000);
    const { code, stderr } = await running;
    expect([code, stderr]).toEqual([3, expect.stringContaining("Interrupted. To continue")]);
    expect(JSON.parse(readFileSync(join(folder, "prewarm", "discovered-pops.json"), "utf8"))).toMatchObject({
      sites: [],
      pops: ["SIN2-P1"],
    });
  });

  it.each([
    [["--discover"], /--discover needs --label/],
    [["--discover", "--label", "a.b"], /is not a label/],
    [["--discover", "--label", LABEL, "--country", "china"], /select no site/],
    [["--discover", "--label", LABEL, "--country", "atlantis"], /unknown country/],
    [["--discover", "--label", LABEL, "--save", "s3://bucket/other.json"], /is not where a stack reads/],
    [["--save", "file"], /belong to --discover/],
  ])("refuses %j", async (words, problem) => {
    const { code, stderr } = await (await commandWith([]))(...words);
    expect([code, stderr]).toEqual([1, expect.stringMatching(problem)]);
  });

  it("does not use a list that is older than a week, and says so", async () => {
    const command = await commandWith([]);
    await save({ discovered_at: formatTimestamp(Date.now() - 8 * 86_400_000), sites: ["SIN"], pops: ["SIN2-P17"] });
    const { stdout, stderr } = await command("--country", "sg", "--direct");
    expect(stdout).not.toContain("SIN2-P17");
    expect(stderr).toMatch(/The list: from the catalogue[\s\S]*older than a week/);
  });

  it("a damaged list is not used", async () => {
    const command = await commandWith([]);
    await save({});
    writeFileSync(join(folder, "prewarm", "discovered-pops.json"), "{");
    expect(await command("--country", "sg", "--direct")).toMatchObject({
      code: 0,
      stderr: expect.stringContaining("damaged"),
    });
  });
});

// `prewarm doctor` as a whole: its options, where it asks, what it prints, and its exit code.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import * as z from "zod";
import { REPOSITORY } from "../../../cli/api/connect.ts";
import { type DoctorWords, optionsOf } from "../../../cli/doctor/check/options.ts";
import { awsClients, edgeOf, placeOf } from "../../../cli/doctor/check/place.ts";
import { checksOf } from "../../../cli/doctor/doctor.ts";
import { printer } from "../../../cli/doctor/print.ts";
import { anchors } from "../../docs/markdown.ts";
import { folderWith } from "../../folder-with.ts";
import { serve } from "../../serve.ts";
import { AT, fakeApi, run } from "../fake-api.ts";

const NETWORK = { before: true, vpc: "vpc-1", subnets: "subnet-1,subnet-2", sg: "sg-1" };
const URL_WORDS = { url: ["https://a.example.com/x"] };

const urls = (count: number) => Array.from({ length: count }, (_, i) => `https://a.example.com/${i}`);

describe("the options", () => {
  test("are checked and read", () => {
    const words = { ...NETWORK, ...URL_WORDS, vpce: "vpce-1", edge: true, pops: "sin2-p1" };
    expect(optionsOf(words)).toMatchObject({
      phases: ["before", "edge"],
      network: { vpc: "vpc-1", subnets: ["subnet-1", "subnet-2"], sg: "sg-1", vpce: "vpce-1" },
      pops: ["SIN2-P1"],
    });
  });

  test.each<[DoctorWords, string]>([
    [{ edge: true }, "--edge needs --url"],
    [{ edge: true, url: ["example.com"] }, "'example.com' is not an absolute URL"],
    [{ edge: true, url: ["ftp://example.com/x"] }, "is not an absolute URL"],
    [{ edge: true, ...URL_WORDS, pops: "SIN" }, "'SIN' is not a POP code"],
    [{ before: true, vpc: "vpc-1" }, "use --vpc, --subnets and --sg together"],
    [{ ...NETWORK, vpc: "x" }, "--vpc: 'x' is not an ID"],
    [{ ...NETWORK, before: false }, "--vpc applies only with --before"],
    [{ local: true, profile: "x" }, "--profile does not apply to --local"],
    [{ save: "e.json", ...URL_WORDS }, "--save needs --edge"],
    [{ edge: true, deployed: true, save: "e.json", ...URL_WORDS }, "--save needs --edge, without any other phase"],
    [{ edge: true, save: "e.json" }, "--edge needs --url"],
    [{ edge: true, save: "e.json", ...URL_WORDS, cfDomain: "https://a.example.com/" }, "is not a domain name"],
    [{ edge: true, save: "e.json", url: urls(7) }, "--save takes at most 6 URLs; got 7"],
    [{ edge: true, url: urls(2) }, "--url takes several URLs only with --edge --save"],
    [{ edge: true, ...URL_WORDS, cfDomain: "a.example.com" }, "--cf-domain applies only with --edge --save"],
  ])("%o are refused", (words, says) => {
    expect(() => optionsOf(words)).toThrow(says);
  });

  test("of evidence name up to six objects", () => {
    const words = { edge: true, save: "e.json", url: urls(6) };
    expect(optionsOf({ ...words, cfDomain: "WWW.example.com" }).save).toEqual({
      file: "e.json",
      urls: urls(6).map((url) => new URL(url)),
      cfDomain: "www.example.com",
    });
  });
});

/** A shell in a folder with the file of a local run, which has these fields. */
function shellOf(localRun?: object, env: Record<string, string> = {}) {
  return { cwd: folderWith(localRun && { ".local/endpoint.json": JSON.stringify(localRun) }), env };
}

describe("where it asks", () => {
  const API = { apiUrl: "http://127.0.0.1:8480/prod/", apiKey: "k" };
  const EMULATOR = { awsEndpoint: "http://127.0.0.1:4566", awsAccessKeyId: "A", region: "us-east-1", stackName: "L" };
  const place = (words: DoctorWords, shell = shellOf()) => placeOf(shell, optionsOf(words), words);
  const ENV = { PREWARM_ENDPOINT: "https://env.example/prod/", PREWARM_API_KEY: "k" };

  test.each<[string, DoctorWords, Record<string, string>, object]>([
    ["an address", {}, ENV, { stack: undefined, isAws: true }],
    [
      "a stack",
      { stack: "S", awsRegion: "us-east-1", profile: "p" },
      ENV,
      { stack: "S", aws: { region: "us-east-1", profile: "p" } },
    ],
    ["a phase, of AWS", { before: true }, ENV, { stack: "PrewarmStack", api: undefined, aws: {} }],
    ["a phase, of a stack of the environment", { deployed: true }, { PREWARM_STACK: "T" }, { stack: "T", isAws: true }],
    [
      "an emulator",
      { deployed: true },
      { AWS_ENDPOINT_URL: "http://127.0.0.1:4566" },
      { isAws: false, aws: { endpoint: "http://127.0.0.1:4566" } },
    ],
    [
      "AWS by its own address",
      { edge: false },
      { ...ENV, AWS_ENDPOINT_URL: "https://sts.amazonaws.com" },
      { isAws: true },
    ],
  ])("%s", async (_, words, env, expected) => {
    expect(await place(words, shellOf(undefined, env))).toMatchObject(expected);
  });

  test("the local run: its stack, its emulator and its edge", async () => {
    const apiUrl = await serve(() => undefined);
    const edge = { httpsPort: 1, httpPort: 2, dnsPort: 3, caFile: join(REPOSITORY, ".nvmrc") };
    const shell = shellOf({ ...API, ...EMULATOR, apiUrl, edge });
    const found = await place({ local: true, deployed: true }, shell);
    expect(found).toMatchObject({
      isAws: false,
      stack: "L",
      api: { url: apiUrl },
      aws: { endpoint: EMULATOR.awsEndpoint, region: "us-east-1", credentials: { accessKeyId: "A" } },
    });
    const ca = readFileSync(edge.caFile, "utf8");
    expect(edgeOf(found, {}).place).toEqual({ httpsPort: 1, httpPort: 2, ca, allowPrivateAddresses: true });
    // The file has the address of one stack only.
    expect(await place({ local: true, stack: "M" }, shell)).toMatchObject({ stack: "M", api: undefined });
  });

  test("a local run of an older release is refused, and so is one whose emulator is elsewhere", async () => {
    const api = { ...API, apiUrl: await serve(() => undefined) };
    await expect(place({ local: true }, shellOf(api))).rejects.toThrow("does not state the address of the emulator");
    const elsewhere = { ...API, ...EMULATOR, awsEndpoint: "http://evil.example/" };
    await expect(place({ local: true }, shellOf(elsewhere))).rejects.toThrow("of this machine");
  });

  test("private addresses are never asked for AWS, whatever the environment says", async () => {
    const env = { PREWARM_ALLOW_PRIVATE_ADDRESSES: "true", PREWARM_HTTPS_PORT: "8443" };
    const allowed = async (more: object) =>
      edgeOf(await place({ before: true }, shellOf(undefined, { ...env, ...more })), env).place;
    expect(await allowed({})).toEqual({ httpsPort: 8443, httpPort: 80, allowPrivateAddresses: false });
    expect(await allowed({ AWS_ENDPOINT_URL: "http://127.0.0.1:1" })).toMatchObject({ allowPrivateAddresses: true });
  });
});

describe("every check sends its reader to a section", () => {
  const options = optionsOf({
    ...NETWORK,
    ...URL_WORDS,
    vpce: "vpce-1",
    deployed: true,
    edge: true,
    pops: "SIN2-P1,FRA56-P4",
  });
  const place = { isAws: true, stack: "S", api: undefined, aws: { region: "eu-west-1" }, edge: undefined };
  const clients = awsClients(place.aws);
  const checks = checksOf({ options, place, clients, env: {} });

  test.each([...new Set(checks.map(({ docs }) => docs))])("%s is there", (docs) => {
    const [file = "", anchor] = docs.split("#");
    expect(anchors(readFileSync(join(REPOSITORY, file), "utf8"))).toContain(anchor);
  });
});

const STACK = (status: string) => ({
  status: 200,
  body: `<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>S</StackName><CreationTime>2026-11-25T00:00:00Z</CreationTime><StackStatus>${status}</StackStatus></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`,
});
const UNKNOWN_CALL = {
  status: 400,
  body: "<ErrorResponse><Error><Type>Sender</Type><Code>InvalidAction</Code><Message>no</Message></Error></ErrorResponse>",
};
const DEPLOYED = "--deployed --stack S --aws-region eu-west-1";

/** Runs the doctor against an AWS that answers every call the same. */
async function examined(options: string, answer: { readonly status: number; readonly body: string }, isTTY = false) {
  const endpoint = await serve((request, response) => {
    request.resume();
    response.writeHead(answer.status, { "content-type": "text/xml" }).end(answer.body);
  });
  return run(["doctor", ...options.split(" ")], { isTTY, env: { AWS_ENDPOINT_URL: endpoint } });
}

const documentSchema = z.object({ failed: z.boolean(), findings: z.array(z.object({ status: z.string() })) });

describe("it ends", () => {
  beforeEach(() => {
    vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
  });
  afterEach(() => vi.unstubAllEnvs());

  test("with 1 where a check failed, and the document says so", async () => {
    const { code, stdout } = await examined(`${DEPLOYED} --json`, STACK("ROLLBACK_COMPLETE"));
    const { failed, findings } = documentSchema.parse(JSON.parse(stdout));
    expect([code, failed]).toEqual([1, true]);
    expect(findings.map(({ status }) => status)).toContain("fail");
  });

  test("with 0 where nothing could be told, and the document says so", async () => {
    const { code, stdout } = await examined(`${DEPLOYED} --json`, UNKNOWN_CALL);
    const { failed, findings } = documentSchema.parse(JSON.parse(stdout));
    expect([code, failed]).toEqual([0, false]);
    expect(new Set(findings.map(({ status }) => status))).toEqual(new Set(["cannot-tell"]));
  });

  test("in a pipe with a line of six fields for each check", async () => {
    const { stdout } = await examined(DEPLOYED, UNKNOWN_CALL);
    const lines = stdout.trim().split("\n");
    expect(lines.map((line) => line.split("\t").length)).toEqual(Array(9).fill(6));
  });

  test("on a terminal with what AWS answered, which is shown and not obeyed", async () => {
    const { stdout, stderr } = await examined(DEPLOYED, STACK("ROLLBACK\u202e\u009b_COMPLETE"), true);
    expect(stdout).toContain("S in eu-west-1 at http://127.0.0.1");
    expect(stdout).toContain("ROLLBACK··_COMPLETE");
    expect(stderr).toMatch(/\d+ ok, /);
    const { stdout: json } = await examined(`${DEPLOYED} --json`, STACK("ROLLBACK\u202e\u009b_COMPLETE"), true);
    expect(json).toContain("ROLLBACK\\u202e\\u009b_COMPLETE");
    expect(stdout + json).not.toMatch(/[\u202e\u009b]/);
  });

  test("with 1 and a sentence for options that make no sense", async () => {
    const { code, stderr } = await examined("--edge", UNKNOWN_CALL);
    expect([code, stderr]).toEqual([1, expect.stringContaining("--edge needs --url")]);
  });

  test("at the address of an API with a word on how to see more", async () => {
    fakeApi();
    const { code, stdout, stderr } = await run(["doctor", ...AT]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining("--stack NAME") });
    expect(stdout.split("\n").map((line) => line.split("\t")[2])).toEqual(["API and key", "version", undefined]);
  });
});

test("the last line counts each kind of finding", () => {
  const finding = { phase: "deployed", name: "a check", docs: "docs/deploy.md#parameters", says: "…" } as const;
  const counts = { ok: 5, warn: 2, fail: 7, "cannot-tell": 3 } as const;
  const findings = (["warn", "cannot-tell", "ok", "fail"] as const).flatMap((status) =>
    Array.from({ length: counts[status] }, () => ({ ...finding, status })),
  );
  const lines: string[] = [];
  const sink = { isTTY: true, write: (text: string) => lines.push(text) };
  printer({ env: {}, cwd: "/", stdin: Readable.from([]), stdout: sink, stderr: sink }, false).end(findings);
  expect(lines.join("").match(/\d+/g)?.map(Number)).toEqual([5, 2, 7, 3]);
});

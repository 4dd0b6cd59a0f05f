import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connect } from "../../../cli/direct/connect.ts";
import type { PlaceFlags, StackPlace } from "../../../cli/endpoint/endpoint.ts";
import { findEndpoint } from "../../../cli/endpoint/find-endpoint.ts";
import { localRun } from "../../../cli/endpoint/local-run.ts";
import { stackEndpoint } from "../../../cli/endpoint/stack-outputs.ts";
import { freePort } from "../../../tools/local/ports.ts";
import { folderWith } from "../../folder-with.ts";
import { serve } from "../../serve.ts";

const LOCAL = { url: "http://127.0.0.1:8480/prod/", key: "local", from: ".local/endpoint.json" };
const ENV = { PREWARM_ENDPOINT: "https://env.example/prod", PREWARM_API_KEY: "env" };

/** Who answers: the words of `from`, or the stack that was asked. */
async function found(flags: PlaceFlags, env: Record<string, string> = {}, local = true) {
  let asked: StackPlace | undefined;
  const endpoint = await findEndpoint(flags, {
    env,
    localRun: async () => (local ? LOCAL : undefined),
    stack: async (place) => {
      asked = place;
      return { url: "https://aws.example/prod/", key: "k", from: "aws" };
    },
  });
  return asked ?? endpoint.from;
}

describe("the API is looked for in this order", () => {
  test.each([
    ["flags", { endpoint: "https://flag.example/prod/", apiKey: "k" }, ENV, "--endpoint"],
    ["--local", { local: true }, ENV, LOCAL.from],
    ["a stack that is named", { stack: "S" }, ENV, { stack: "S", profile: undefined, region: undefined }],
    [
      "a stack with its key",
      { stack: "S", apiKey: "k" },
      ENV,
      { stack: "S", profile: undefined, region: undefined, key: "k" },
    ],
    ["a profile", { profile: "p" }, ENV, { stack: "PrewarmStack", profile: "p", region: undefined }],
    [
      "an AWS region",
      { region: "us-east-1" },
      { PREWARM_STACK: "T" },
      { stack: "T", profile: undefined, region: "us-east-1" },
    ],
    ["the environment", {}, ENV, "PREWARM_ENDPOINT"],
    ["a stack of the environment", {}, { PREWARM_STACK: "T" }, { stack: "T", profile: undefined, region: undefined }],
    ["the local run", {}, { PREWARM_STACK: "", PREWARM_ENDPOINT: "" }, LOCAL.from],
  ])("%s", async (_, flags, env, from) => expect(await found(flags, env)).toEqual(from));

  test("a local run's file is not read where the environment says it", async () => {
    const localRun = () => Promise.reject(new Error("was read"));
    const stack = async () => LOCAL;
    for (const env of [{ PREWARM_STACK: "T" }, ENV]) await findEndpoint({}, { env, localRun, stack });
    await expect(findEndpoint({}, { env: {}, localRun, stack })).rejects.toThrow("was read");
  });
});

describe("it says what to do", () => {
  test.each([
    ["without any", {}, {}, "No API endpoint configured"],
    ["without a key", { endpoint: "https://flag.example/" }, {}, "PREWARM_API_KEY is not"],
    ["in the clear", { endpoint: "http://flag.example/", apiKey: "k" }, {}, "not an https:// URL"],
    ["without a local run", { local: true }, ENV, "No local API is running in this folder"],
    ["with two places", { endpoint: "https://flag.example/", apiKey: "k", stack: "S" }, {}, "--endpoint, --stack"],
    ["with two others", { local: true, region: "us-east-1" }, {}, "--local, --aws-region"],
  ])("%s", async (_, flags, env, problem) => {
    await expect(found(flags, env, false)).rejects.toThrow(problem);
  });
});

describe("a key", () => {
  test.each([
    ["--api-key", { apiKey: "k" }, {}],
    ["PREWARM_API_KEY", {}, { PREWARM_API_KEY: "k" }],
  ])("alone, as %s, goes to no local run, and is not ignored", async (from, flags, env) => {
    for (const local of [true, false])
      await expect(found(flags, env, local)).rejects.toThrow(`${from} is set, but no API`);
  });
  test.each([
    ["--api-key", { local: true, apiKey: "k" }, {}, "k"],
    ["its own, where the environment's is for another API", { local: true }, ENV, LOCAL.key],
  ])("of the local run is %s", async (_, flags, env, key) => {
    const sources = { env, localRun: async () => LOCAL, stack: async () => LOCAL };
    expect(await findEndpoint(flags, sources)).toEqual({ ...LOCAL, key });
  });
  test("that is given is not fetched", async () => {
    const keyValue = () => Promise.reject(new Error("was fetched"));
    expect(await stackEndpoint({ ...PLACE, key: "k" }, { outputs: async () => OUTPUTS, keyValue })).toMatchObject({
      key: "k",
    });
  });
});

test("a local run that is still starting has not said where it is", async () => {
  const error = await found({}, {}, false).catch((it: unknown) => it);
  expect(error).toMatchObject({ next: expect.stringContaining("npm start. If it is starting") });
});

test("an address ends in a slash", async () => {
  const flags = { endpoint: "https://a.example/prod?x=1", apiKey: "k" };
  const none = async () => undefined;
  const { url } = await findEndpoint(flags, { env: {}, localRun: none, stack: async () => LOCAL });
  expect(url).toBe("https://a.example/prod/");
});

/** A folder whose file of a local run names this address. */
const folderOf = (apiUrl: string) => folderWith({ ".local/endpoint.json": JSON.stringify({ apiUrl, apiKey: "k" }) });

const UP = { isUp: async () => true };

test.each([
  "http://localhost:8480/prod/",
  "http://127.0.0.1:8480/prod/",
  "http://127.255.1.2/prod/",
  "http://[::1]:8480/prod/",
])("a local run is at %s", async (apiUrl) => {
  expect(await localRun([folderOf(apiUrl)], UP)).toMatchObject({ url: apiUrl, key: "k" });
});

test.each([
  "http://evil.example/prod/",
  "https://evil.example/prod/",
  "https://localhost:8480/prod/",
  "http://127.0.0.1.evil.example/prod/",
  "http://127.0.0.1@evil.example/prod/",
  "http://user:secret@127.0.0.1/prod/",
  "http://localhost.evil.example/prod/",
  "http://[::ffff:192.0.2.1]/prod/",
  "http://[::]/prod/",
  "http://0.0.0.0/prod/",
  "http://10.0.0.1/prod/",
  "http://169.254.169.254/latest/",
  "file:///etc/passwd",
  "localhost:8480",
  "",
])("a file that says %j is no local run, and is not asked", async (apiUrl) => {
  await expect(localRun([folderOf(apiUrl)], UP)).rejects.toMatchObject({
    message: expect.stringContaining("not an http:// address of this machine"),
    next: expect.stringContaining("--endpoint"),
  });
});

test("there is none where no folder has the file", async () => {
  expect(await localRun(["/nowhere"], UP)).toBeUndefined();
});

test("the file of a run that was killed is removed, and the next folder counts", async () => {
  const url = `${await serve((_, response) => void response.end())}/prod/`;
  const stale = folderOf(`http://127.0.0.1:${await freePort()}/prod/`);
  const removed: string[] = [];
  const onStale = (file: string) => removed.push(file);
  expect(await localRun([stale, folderOf(url)], { onStale })).toMatchObject({ url });
  expect(removed).toEqual([join(stale, ".local/endpoint.json")]);
  expect(existsSync(join(stale, ".local/endpoint.json"))).toBe(false);
});

test("a file that a new run writes meanwhile is kept, and counts", async () => {
  const folder = folderOf("http://127.0.0.1:1/prod/");
  const file = join(folder, ".local/endpoint.json");
  const url = "http://127.0.0.1:2/prod/";
  const removed: string[] = [];
  const isUp = async (apiUrl: string) => {
    if (apiUrl !== url) writeFileSync(file, JSON.stringify({ apiUrl: url, apiKey: "new" }));
    return apiUrl === url;
  };
  const onStale = (it: string) => removed.push(it);
  expect(await localRun([folder], { ...UP, isUp, onStale })).toMatchObject({ url, key: "new" });
  expect(removed).toEqual([]);
  expect(existsSync(file)).toBe(true);
});

test("the command that removed such a file is no direct run; the next one is", async () => {
  const folder = folderOf(`http://127.0.0.1:${await freePort()}/prod/`);
  let stderr = "";
  const sink = { write: (text: string) => (stderr += text) };
  const shell = { env: {}, cwd: folder, stderr: sink };
  expect(await connect(shell, { direct: true })).toMatchObject({ kind: "direct" });
  await expect(connect(shell, {})).rejects.toMatchObject({
    name: "CommandError",
    message: expect.stringContaining("the local run has ended; its file"),
    next: expect.stringMatching(/run the command again.*npm start/i),
  });
  expect(stderr).toBe(`${folder}/.local/endpoint.json was removed: the local run that wrote it has ended.\n`);
  expect(await connect(shell, {})).toMatchObject({ kind: "direct" });
});

const PLACE = { stack: "S", profile: undefined, region: "us-east-1" };
const OUTPUTS = {
  prewarmapikeyoutput: "arn:aws:apigateway:us-east-1::/apikeys/abc",
  prewarmapiEndpoint: "https://x/prod/",
};

test("a stack's outputs name the key, which is fetched", async () => {
  const endpoint = await stackEndpoint(PLACE, {
    outputs: async () => OUTPUTS,
    keyValue: async (id) => `value of ${id}`,
  });
  expect(endpoint).toEqual({ url: "https://x/prod/", key: "value of abc", from: "the stack S" });
});

test.each([
  ["Stack with id S does not exist", "ValidationError", "(now us-east-1)"],
  ["no", "AccessDenied", "cloudformation:DescribeStacks"],
  ["Region is missing", "Error", "--aws-region"],
  ["Could not load credentials from any providers", "CredentialsProviderError", "aws sts get-caller-identity"],
])("what AWS refuses has a next step: %s", async (message, name, next) => {
  const outputs = async () => {
    throw Object.assign(new Error(message), { name });
  };
  const error = await stackEndpoint(PLACE, { outputs, keyValue: async () => "" }).catch((it: unknown) => it);
  expect(error).toMatchObject({
    message: `the stack S cannot be read: ${message}`,
    next: expect.stringContaining(next),
  });
});

test("a stack of something else is told", async () => {
  const ask = { outputs: async () => ({}), keyValue: async () => undefined };
  await expect(stackEndpoint(PLACE, ask)).rejects.toThrow("does not have the outputs of Prewarm");
});

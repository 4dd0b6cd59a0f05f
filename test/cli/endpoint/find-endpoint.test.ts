import { describe, expect, test } from "vitest";
import type { PlaceFlags, StackPlace } from "../../../cli/endpoint/endpoint.ts";
import { findEndpoint } from "../../../cli/endpoint/find-endpoint.ts";

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
    ["flags", { endpoint: "https://flag.example/prod/", apiKey: "k", stack: "S" }, ENV, "--endpoint"],
    ["--local", { local: true, stack: "S" }, ENV, LOCAL.from],
    ["a stack that is named", { stack: "S" }, ENV, { stack: "S", profile: undefined, region: undefined }],
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
    ["without any", {}, {}, "nothing says where the API is"],
    ["without a key", { endpoint: "https://flag.example/" }, {}, "no key"],
    ["in the clear", { endpoint: "http://flag.example/", apiKey: "k" }, {}, "no https://"],
    ["without a local run", { local: true }, ENV, "there is no local run"],
  ])("%s", async (_, flags, env, problem) => {
    await expect(found(flags, env, false)).rejects.toThrow(problem);
  });
});

test("a local run that is still starting has not said where it is", async () => {
  const error = await found({}, {}, false).catch((it: unknown) => it);
  expect(error).toMatchObject({ next: expect.stringContaining("npm start; or it is still starting") });
});

test("an address ends in a slash", async () => {
  const flags = { endpoint: "https://a.example/prod?x=1", apiKey: "k" };
  const none = async () => undefined;
  const { url } = await findEndpoint(flags, { env: {}, localRun: none, stack: async () => LOCAL });
  expect(url).toBe("https://a.example/prod/");
});

import { describe, expect, test } from "vitest";
import type { Check } from "../../../tools/doctor/check.ts";
import { fail, type Judgement, ok, warn } from "../../../tools/doctor/judgement.ts";
import { lineOf, rowOf, tally } from "../../../tools/doctor/print.ts";
import { exitCode, runChecks } from "../../../tools/doctor/run-checks.ts";
import { awsError } from "../../aws/client.ts";

const check = (run: () => Promise<Judgement>, more: Partial<Check> = {}): Check => ({
  phase: "before",
  name: "a check",
  docs: "docs/deploy.md#parameters",
  run,
  ...more,
});
const run = (checks: readonly Check[], isAws = true) => runChecks(checks, { isAws, onFinding: () => undefined });
const says = async (judgement: Judgement) => run([check(async () => judgement)]);

describe("the exit code", () => {
  test.each([
    [0, ok("well")],
    [0, warn("so so", "look")],
    [1, fail("bad", "mend")],
  ])("is %i for %o", async (code, judgement) => {
    expect(exitCode(await says(judgement))).toBe(code);
  });

  test("is 0 where nothing could be told", async () => {
    const findings = await run([check(async () => Promise.reject(awsError("UnknownOperationException")))]);
    expect(exitCode(findings)).toBe(0);
    expect(findings).toMatchObject([{ status: "cannot-tell" }]);
  });
});

test.each([
  ["AccessDeniedException", /^no permission/],
  ["UnauthorizedOperation", /^no permission/],
  ["UnknownOperationException", /does not know the call/],
  ["InvalidAction", /does not know the call/],
  ["NotImplemented", /does not know the call/],
  ["CredentialsProviderError", /^no valid credentials/],
  ["TimeoutError", /^no connection/],
  ["SomethingNew", /^SomethingNew: /],
])("a check that ends in %s cannot tell", async (name, text) => {
  const [finding] = await run([check(async () => Promise.reject(awsError(name)))]);
  expect(finding).toMatchObject({ status: "cannot-tell", next: expect.any(String) });
  expect(finding?.says).toMatch(text);
});

test("one that throws holds up no other", async () => {
  const findings = await run([check(async () => Promise.reject(new Error("x"))), check(async () => ok("well"))]);
  expect(findings.map(({ status }) => status)).toEqual(["cannot-tell", "ok"]);
});

describe("an emulator", () => {
  test("is not believed about an account", async () => {
    for (const judgement of [ok("a thousand"), fail("none", "ask for more")]) {
      const findings = await run([check(async () => judgement, { ofTheAccount: true })], false);
      expect(findings).toMatchObject([{ status: "cannot-tell" }]);
    }
  });

  test("is believed about a stack", async () => {
    expect(await run([check(async () => ok("well"))], false)).toMatchObject([{ status: "ok" }]);
  });
});

test("findings as they are printed", () => {
  const common = { phase: "before", name: "Spot quota", docs: "docs/deploy.md#parameters" } as const;
  const bad = { ...common, ...fail("0 vCPUs", "ask for\tmore") };
  expect(lineOf(bad, false)).toBe(
    "FAIL         Spot quota: 0 vCPUs\n             → ask for\tmore (docs/deploy.md#parameters)",
  );
  expect(lineOf({ ...common, ...ok("64 vCPUs") }, true)).toBe("\u001b[32mok         \u001b[0m  Spot quota: 64 vCPUs");
  expect(rowOf(bad)).toBe("before\tfail\tSpot quota\t0 vCPUs\task for more\tdocs/deploy.md#parameters");
  expect(tally([bad])).toBe("0 ok, 0 warnings, 1 failed, 0 that nobody can tell");
});

// `npm run doctor` as a process ends: its exit code and its last line, from counts of which no two are equal.
import { createServer } from "node:http";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import * as z from "zod";
import type { Finding } from "../../../tools/doctor/check.ts";
import { cannotTell, fail, type Judgement, ok, warn } from "../../../tools/doctor/judgement.ts";
import { tally } from "../../../tools/doctor/print.ts";
import { addressOf } from "../../../tools/local/ports.ts";

const exitCode = process.exitCode;
const argv = process.argv;

beforeEach(() => {
  vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
  vi.stubEnv("AWS_MAX_ATTEMPTS", "1");
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  process.exitCode = exitCode;
  process.argv = argv;
});

const ANSWERS = {
  "the stack was rolled back": {
    status: 200,
    body: "<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>S</StackName><CreationTime>2026-11-25T00:00:00Z</CreationTime><StackStatus>ROLLBACK_COMPLETE</StackStatus></member></Stacks></DescribeStacksResult></DescribeStacksResponse>",
  },
  "no call is known": {
    status: 400,
    body: "<ErrorResponse><Error><Type>Sender</Type><Code>InvalidAction</Code><Message>no</Message></Error></ErrorResponse>",
  },
  "a message turns the text around": {
    status: 200,
    body: "<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>S</StackName><CreationTime>2026-11-25T00:00:00Z</CreationTime><StackStatus>ROLLBACK\u202e\u009b_COMPLETE</StackStatus></member></Stacks></DescribeStacksResult></DescribeStacksResponse>",
  },
} as const;

/** Runs the doctor's own main file against an AWS that answers every call the same. */
async function doctor(words: readonly string[], answer: keyof typeof ANSWERS) {
  const { status, body } = ANSWERS[answer];
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(status, { "content-type": "text/xml" }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  vi.stubEnv("AWS_ENDPOINT_URL", `http://127.0.0.1:${addressOf(server).port}`);
  const lines: string[] = [];
  vi.spyOn(process.stdout, "write").mockImplementation((text) => lines.push(String(text)) > 0);
  vi.spyOn(process.stderr, "write").mockImplementation(() => true);
  process.argv = ["node", "doctor", ...words];
  process.exitCode = undefined;
  vi.resetModules();
  await import("../../../tools/doctor/main.ts");
  return { code: process.exitCode, stdout: lines.join("") };
}

const documentSchema = z.object({ failed: z.boolean(), findings: z.array(z.object({ status: z.string() })) });

describe("the exit code", () => {
  const DEPLOYED = ["--deployed", "--stack", "S", "--region", "eu-west-1", "--json"];

  test("is 1 where a check failed, and the document says so", async () => {
    const { code, stdout } = await doctor(DEPLOYED, "the stack was rolled back");
    const { failed, findings } = documentSchema.parse(JSON.parse(stdout));
    expect([code, failed]).toEqual([1, true]);
    expect(findings.map(({ status }) => status)).toContain("fail");
  });

  test("is 0 where nothing could be told, and the document says so", async () => {
    const { code, stdout } = await doctor(DEPLOYED, "no call is known");
    const { failed, findings } = documentSchema.parse(JSON.parse(stdout));
    expect([code, failed]).toEqual([0, false]);
    expect(new Set(findings.map(({ status }) => status))).toEqual(new Set(["cannot-tell"]));
  });

  test("is 2 for words that make no sense", async () => {
    expect((await doctor(["--wrong"], "no call is known")).code).toBe(2);
    expect((await doctor(["--edge"], "no call is known")).code).toBe(2);
  });

  test("is none for help, which Node takes as 0", async () => {
    expect((await doctor(["--help"], "no call is known")).code ?? 0).toBe(0);
  });
});

describe("on a terminal, what AWS answered is shown and not obeyed", () => {
  const { isTTY } = process.stdout;
  beforeEach(() => {
    process.stdout.isTTY = true;
  });
  afterEach(() => {
    process.stdout.isTTY = isTTY;
  });
  const DEPLOYED = ["--deployed", "--stack", "S", "--region", "eu-west-1"];

  test("as lines", async () => {
    const { stdout } = await doctor(DEPLOYED, "a message turns the text around");
    expect(stdout).toContain("ROLLBACK··_COMPLETE");
    expect(stdout).not.toMatch(/[\u202e\u009b]/);
  });

  test("as JSON of the same value", async () => {
    const { stdout } = await doctor([...DEPLOYED, "--json"], "a message turns the text around");
    expect(stdout).toContain("ROLLBACK\\u202e\\u009b_COMPLETE");
    expect(stdout).not.toMatch(/[\u202e\u009b]/);
  });
});

test("the last line counts each kind of finding", () => {
  const times = (count: number, judgement: Judgement): Finding[] =>
    Array.from({ length: count }, () => ({
      phase: "deployed",
      name: "a check",
      docs: "docs/deploy.md#parameters",
      ...judgement,
    }));
  const findings = [
    ...times(2, warn("so so", "look")),
    ...times(3, cannotTell("no answer", "ask again")),
    ...times(5, ok("well")),
    ...times(7, fail("bad", "mend")),
  ];
  expect(tally(findings).match(/\d+/g)?.map(Number)).toEqual([5, 2, 7, 3]);
});

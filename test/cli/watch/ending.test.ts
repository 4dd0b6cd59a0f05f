import { Readable } from "node:stream";
import { CommandError } from "../../../cli/command-error.ts";
import { explain } from "../../../cli/explain.ts";
import { tellEnding } from "../../../cli/watch/ending.ts";
import { summarySchema } from "../../../client/answers.ts";
import { FAILURES, progress } from "../progress.ts";

const ENDED = progress({ status: "FINISHED" });
const SUMMARY = summarySchema.parse({
  request_id: ENDED.request_id,
  status: "FINISHED",
  failed_count: 9,
  failures: FAILURES,
  failure_pops: [],
  failure_urls: [],
  failure_urls_omitted: 0,
  failure_pop_urls_report: "https://a/report.csv",
  results_url: null,
  sentence: "Not ready for traffic: 11 objects are not warm at any POP under the regional edge cache Singapore.",
});

/** What is said, and the exit code. */
async function told(json: boolean) {
  const heard = { stdout: "", stderr: "" };
  const sink = (name: "stdout" | "stderr") => ({
    write: (text: string) => {
      heard[name] += text;
    },
  });
  const shell = { env: {}, cwd: "/", stdin: Readable.from([]), stdout: sink("stdout"), stderr: sink("stderr") };
  const client = {
    summary: async () => ({ value: SUMMARY, json: { raw: "summary" } }),
    progress: async () => ({ value: ENDED, json: { raw: "progress" } }),
  };
  return { code: await tellEnding(shell, client, ENDED, json), ...heard };
}

test("the last line is the verdict, and what is next", async () => {
  const { code, stdout } = await told(false);
  expect(code).toBe(2);
  expect(stdout.trim().split("\n").at(-1)).toBe(`${SUMMARY.sentence} Next: prewarm report e059b77b --failed`);
  expect(stdout).toContain("× Connection failed: 6 tasks");
});

test("as JSON it is one document, with the answers as they came; failures and verdict are beside it", async () => {
  const { code, stdout, stderr } = await told(true);
  expect(stderr).toContain("× Connection failed: 6 tasks");
  expect(stderr.trim().split("\n").at(-1)).toBe(SUMMARY.sentence);
  expect(JSON.parse(stdout)).toEqual({
    request_id: ENDED.request_id,
    status: "FINISHED",
    exit_code: code,
    sentence: SUMMARY.sentence,
    progress: { raw: "progress" },
    summary: { raw: "summary" },
  });
});

test("an error is told with what to do; where it comes from, only if that is asked", () => {
  const error = new CommandError("no\u001b[2J", "Do this.");
  const stderr = { write: () => undefined };
  expect(explain(error, { env: {}, stderr })).toBe("prewarm: no·[2J\nDo this.\n");
  expect(explain(error, { env: { PREWARM_DEBUG: "1" }, stderr })).toContain("ending.test.ts");
  expect(explain(new Error("a fault"), { env: {}, stderr })).toContain("PREWARM_DEBUG=1");
  const narrow = { ...stderr, isTTY: true, columns: 24 };
  expect(
    explain(new CommandError("no", "Say it with:\n  --stack NAME\nor start it at home."), { env: {}, stderr: narrow }),
  ).toBe("prewarm: no\nSay it with:\n  --stack NAME\nor start it at home.\n");
  expect(explain(new CommandError("no", "Start it again in the repository."), { env: {}, stderr: narrow })).toBe(
    "prewarm: no\nStart it again in the\nrepository.\n",
  );
});

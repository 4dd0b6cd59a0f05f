// Every command runs to its exit code against an API in memory: in which ending a script sees 0, 1, 2, 3 or 130.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Progress, Summary } from "../../client/answers.ts";
import { AT, type FakeApi, fakeApi, KNOWN_ID, NEW_ID, type Reply, run, type Typed } from "./fake-api.ts";

// The waits between two tries and two questions: they take no real time, but the clock that a deadline reads goes on.
vi.mock("node:timers/promises", async (original) => ({
  ...(await original<typeof import("node:timers/promises")>()),
  setTimeout: async (ms: number) => void vi.setSystemTime(Date.now() + ms),
}));

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const URL_OF_OBJECT = "https://a.example.com/x";

/** How a request ends, and what that is to a script. Each number occurs once, so that no count can stand in for another. */
const ENDINGS: readonly {
  readonly ending: string;
  readonly progress: Partial<Progress>;
  readonly summary?: Partial<Summary>;
  readonly code: number;
}[] = [
  { ending: "all tasks succeeded", progress: { status: "FINISHED", failed_count: 0 }, code: 0 },
  { ending: "tasks failed", progress: { status: "FINISHED", failed_count: 9 }, code: 2 },
  {
    ending: "a POP did not resolve",
    progress: { status: "FINISHED", failed_count: 0 },
    summary: { failure_pops: ["ICN51-C1"] },
    code: 2,
  },
  {
    ending: "a URL could not be read",
    progress: { status: "FINISHED", failed_count: 0 },
    summary: { failure_urls: [URL_OF_OBJECT] },
    code: 2,
  },
  {
    ending: "more URLs could not be read than the answer names",
    progress: { status: "FINISHED", failed_count: 0 },
    summary: { failure_urls_omitted: 4 },
    code: 2,
  },
  { ending: "it failed", progress: { status: "FAILED", failed_count: 0 }, code: 2 },
  { ending: "it was stopped", progress: { status: "STOPPED", failed_count: 0 }, code: 3 },
  { ending: "it was stopped after failures", progress: { status: "STOPPED", failed_count: 5 }, code: 3 },
  { ending: "its time was up", progress: { status: "TIMEOUT", failed_count: 6 }, code: 3 },
];

const WAITING: readonly (readonly [words: readonly string[], id: string])[] = [
  [["warm", URL_OF_OBJECT], NEW_ID],
  [["retry", KNOWN_ID], NEW_ID],
  [["status", KNOWN_ID, "--watch"], KNOWN_ID],
];

describe.each(ENDINGS)("where $ending", ({ progress, summary = {}, code }) => {
  test.each(WAITING)("%s exits with the code of that ending", async (words, id) => {
    const api = fakeApi({ progress: [{ status: "CREATED" }, { status: "IN_PROGRESS" }, progress], summary });
    expect(await run([...words, ...AT])).toMatchObject({ code });
    const asked = api.calls.filter(({ path }) => path.startsWith("prewarm?") || path.startsWith("summary?"));
    expect(new Set(asked.map(({ path }) => new URLSearchParams(path.split("?")[1]).get("req_id")))).toEqual(
      new Set([id]),
    );
  });

  test.each(WAITING)("%s --json says the same code in its document", async (words, id) => {
    fakeApi({ progress: [{ status: "IN_PROGRESS" }, progress], summary });
    const ran = await run([...words, ...AT, "--json"]);
    expect(ran.code).toBe(code);
    expect(JSON.parse(ran.stdout)).toMatchObject({ request_id: id, exit_code: code, status: progress.status });
  });

  test("status exits with the code of that ending", async () => {
    fakeApi({ progress: [progress], summary });
    expect(await run(["status", KNOWN_ID, ...AT])).toMatchObject({ code });
  });
});

test("the counts after the recount decide, and not those that were seen at the end", async () => {
  fakeApi({
    progress: [
      { status: "FINISHED", failed_count: 3 },
      { status: "FINISHED", failed_count: 0 },
    ],
  });
  expect(await run(["status", KNOWN_ID, ...AT])).toMatchObject({ code: 0 });
  fakeApi({
    progress: [
      { status: "FINISHED", failed_count: 0 },
      { status: "FINISHED", failed_count: 2 },
    ],
  });
  expect(await run(["status", KNOWN_ID, ...AT])).toMatchObject({ code: 2 });
});

test.each([
  [0, { status: "FINISHED", failed_count: 0 }],
  [2, { status: "FINISHED", failed_count: 9 }],
  [3, { status: "TIMEOUT", failed_count: 9 }],
] as const)("without a report within a minute, the exit code is %i as the counts have it", async (code, progress) => {
  const api = fakeApi({ progress: [progress], summary: undefined });
  expect(await run(["warm", URL_OF_OBJECT, ...AT])).toMatchObject({ code });
  expect(api.calls.filter(({ path }) => path.startsWith("summary")).length).toBeGreaterThan(20);
});

const NOT_FOUND: Reply = { status: 404, body: { message: "nothing" } };

/** Each command in each of its endings that is not a request's. */
const CASES: readonly (Typed & {
  readonly what: string;
  readonly words: readonly string[];
  readonly code: number;
  readonly api?: Partial<FakeApi>;
  /** The calls that changed something; none if absent. */
  readonly changes?: readonly unknown[];
})[] = [
  {
    what: "started and left",
    words: ["warm", URL_OF_OBJECT, "--no-wait"],
    code: 0,
    changes: [expect.objectContaining({ url_list: [URL_OF_OBJECT], client_token: expect.any(String) })],
  },
  {
    what: "started with a token of its own",
    words: ["warm", URL_OF_OBJECT, "--no-wait", "--token", "mine"],
    code: 0,
    changes: [expect.objectContaining({ url_list: [URL_OF_OBJECT], client_token: "mine" })],
  },
  {
    what: "estimated",
    words: ["warm", URL_OF_OBJECT, "--dry-run"],
    code: 0,
    changes: [expect.objectContaining({ url_list: [URL_OF_OBJECT], dry_run: true })],
  },
  { what: "without a URL", words: ["warm"], code: 1 },
  { what: "with a time that is none", words: ["warm", URL_OF_OBJECT, "--timeout", "soon"], code: 1 },
  { what: "with an option that is none", words: ["warm", URL_OF_OBJECT, "--wrong"], code: 1 },
  { what: "with a choice that is none", words: ["warm", URL_OF_OBJECT, "--verify", "maybe"], code: 1 },
  {
    what: "started again and left",
    words: ["retry", KNOWN_ID.slice(0, 8), "--no-wait"],
    code: 0,
    changes: [{ retry_of: KNOWN_ID, client_token: expect.any(String) }],
  },
  { what: "without an id", words: ["retry"], code: 1 },
  {
    what: "of a request that runs",
    words: ["status", KNOWN_ID],
    code: 0,
    api: { progress: [{ status: "IN_PROGRESS" }] },
  },
  {
    what: "of one that runs, as JSON",
    words: ["status", "--json"],
    code: 0,
    api: { progress: [{ status: "CREATED" }] },
  },
  {
    what: "of one that failed, as JSON",
    words: ["status", "--json"],
    code: 2,
    api: { progress: [{ status: "FINISHED", failed_count: 7 }] },
  },
  {
    what: "of one that was stopped, as JSON",
    words: ["status", "--json"],
    code: 3,
    api: { progress: [{ status: "STOPPED", failed_count: 0 }] },
  },
  { what: "of no such request", words: ["status", "ffff"], code: 1 },
  { what: "of failed tasks", words: ["report", KNOWN_ID], code: 0 },
  {
    what: "of failed tasks of a request that failed",
    words: ["report"],
    code: 0,
    api: { progress: [{ status: "FAILED" }] },
  },
  { what: "of all tasks", words: ["report", KNOWN_ID, "--all"], code: 0 },
  {
    what: "of all tasks, which nobody wrote",
    words: ["report", "--all"],
    code: 1,
    api: { summary: { results_url: null } },
  },
  { what: "of all and of failed tasks", words: ["report", "--all", "--failed"], code: 1 },
  { what: "in a format that is none", words: ["report", "--format", "pdf"], code: 1 },
  { what: "of a request that runs", words: ["report", KNOWN_ID], code: 1, api: { summary: undefined } },
  { what: "behind a link that is too old", words: ["report"], code: 1, api: { report: { status: 403, text: "" } } },
  { what: "of the newest", words: ["list"], code: 0 },
  { what: "of so many", words: ["list", "--limit", "many"], code: 1 },
  {
    what: "at once, named by the beginning of its id",
    words: ["stop", KNOWN_ID.slice(0, 8), "--yes"],
    code: 0,
    api: { progress: [{ status: "IN_PROGRESS" }] },
    changes: [{ DesiredCapacity: 0, req_id: KNOWN_ID, force_stop: true }],
  },
  {
    what: "after a yes",
    words: ["stop", KNOWN_ID],
    input: "yes",
    code: 0,
    api: { progress: [{ status: "IN_PROGRESS" }] },
    changes: [{ DesiredCapacity: 0, req_id: KNOWN_ID, force_stop: true }],
  },
  {
    what: "after a no",
    words: ["stop", KNOWN_ID],
    input: "no",
    code: 0,
    api: { progress: [{ status: "IN_PROGRESS" }] },
  },
  { what: "with nobody to ask", words: ["stop", KNOWN_ID], code: 1, api: { progress: [{ status: "IN_PROGRESS" }] } },
  { what: "of one that has ended", words: ["stop", KNOWN_ID, "--yes"], code: 1 },
  {
    what: "of URLs",
    words: ["estimate", URL_OF_OBJECT],
    code: 0,
    changes: [expect.objectContaining({ url_list: [URL_OF_OBJECT], dry_run: true })],
  },
  { what: "of no URL", words: ["estimate"], code: 1 },
  { what: "of all", words: ["pops"], code: 0 },
  { what: "of a city that has one", words: ["pops", "singapore"], code: 0 },
  { what: "of a city that has none", words: ["pops", "atlantis"], code: 1 },
  { what: "of two regions", words: ["pops", "--region", "eu", "--region", "us"], code: 1 },
  { what: "shown", words: ["instances"], code: 0 },
  { what: "set", words: ["instances", "set", "5"], code: 0, changes: [{ DesiredCapacity: 5 }] },
  { what: "set to so many", words: ["instances", "set", "many"], code: 1 },
  {
    what: "paused after a yes",
    words: ["instances", "set", "0"],
    input: "y",
    code: 0,
    changes: [{ DesiredCapacity: 0 }],
  },
  { what: "not paused after a no", words: ["instances", "set", "0"], input: "", code: 0 },
  { what: "paused with nobody to ask", words: ["instances", "set", "0"], code: 1 },
  { what: "many, with nobody to ask", words: ["instances", "set", "11"], code: 1 },
  {
    what: "many, after --yes",
    words: ["instances", "set", "11", "--yes"],
    code: 0,
    changes: [{ DesiredCapacity: 11 }],
  },
  { what: "at the list", words: ["open", "--print"], code: 0 },
  { what: "at a request", words: ["open", KNOWN_ID, "--print"], code: 0 },
  { what: "without a console", words: ["open", "--print"], code: 1, api: { replies: { "GET console": NOT_FOUND } } },
  { what: "of a deployment that works", words: ["doctor"], code: 0 },
  {
    what: "with a wrong key",
    words: ["doctor"],
    code: 1,
    api: { replies: { "GET instances": { status: 403, body: { message: "Forbidden" } } } },
  },
  { what: "of one without settings", words: ["doctor"], code: 1, api: { replies: { "GET settings": NOT_FOUND } } },
  { what: "for bash", words: ["completion", "bash"], code: 0 },
  { what: "for no shell", words: ["completion", "tcsh"], code: 1 },
  { what: "that is none", words: ["warn"], code: 1 },
  { what: "and its help", words: ["--help"], code: 0 },
  { what: "and its version", words: ["--version"], code: 0 },
];

describe.each(CASES)("$words $what", ({ words, code, api: changes, changes: expected = [], ...typed }) => {
  test(`exits with ${code}`, async () => {
    const api = fakeApi(changes);
    const places = ["completion", "warn", "--help", "--version"].includes(words[0] ?? "") ? [] : AT;
    expect(await run([...words, ...places], typed)).toMatchObject({ code });
    expect(api.calls.flatMap(({ method, body }) => (method === "POST" ? [body] : []))).toEqual(expected);
  });
});

/** A call of each command that asks the API. */
const ASKING = [
  ["warm", URL_OF_OBJECT],
  ["warm", URL_OF_OBJECT, "--no-wait"],
  ["warm", URL_OF_OBJECT, "--dry-run"],
  ["status"],
  ["status", "--json"],
  ["status", "--watch"],
  ["report"],
  ["report", "--html", "-"],
  ["list"],
  ["retry", KNOWN_ID],
  ["stop", KNOWN_ID, "--yes"],
  ["estimate", URL_OF_OBJECT],
  ["pops"],
  ["instances"],
  ["instances", "set", "1"],
  // Without an id, `open` asks for the page alone, which may be any.
  ["open", KNOWN_ID, "--print"],
  ["doctor"],
  ["doctor", "--json"],
];

const REFUSALS: readonly (readonly [string, Reply])[] = [
  ["refuses the call", { status: 400, body: { error_message: "that is wrong" } }],
  ["refuses the key", { status: 403, body: { message: "Forbidden" } }],
  ["has a fault", { status: 502, body: { message: "Internal server error" } }],
  ["answers something else", { status: 200, body: { unknown: true } }],
  ["is not there", "no answer"],
];

describe.each(REFUSALS)("where the API %s", (_, reply) => {
  test.each(ASKING.map((words) => [words.join(" "), words] as const))("%s exits with 1", async (_words, words) => {
    // The client's waits between two attempts.
    vi.stubGlobal("setTimeout", (attempt: () => void) => setImmediate(attempt));
    fakeApi({ replies: { "*": reply } });
    expect(await run([...words, ...AT])).toMatchObject({ code: 1 });
  });
});

describe("Ctrl-C while a request is watched", () => {
  const RUNNING = { status: "IN_PROGRESS" } as const;
  const STOPPED = { status: "STOPPED", failed_count: 0 } as const;

  /** Presses it with the second question; so many milliseconds pass after each. */
  function pressing(...passes: readonly number[]) {
    vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"] });
    let questions = 0;
    return fakeApi({
      progress: [RUNNING, RUNNING, STOPPED],
      onCall: ({ path }) => {
        if (!path.startsWith("prewarm?") || ++questions !== 2) return;
        for (const ms of passes) {
          process.emit("SIGINT");
          vi.advanceTimersByTime(ms);
        }
      },
    });
  }

  const posted = ({ calls }: FakeApi) =>
    calls.flatMap(({ method, path, body }) => (method === "POST" && path === "instances" ? [body] : []));

  test.each(WAITING)("once: %s exits with 130, and changes nothing", async (words) => {
    const api = pressing(2_000);
    expect(await run([...words, ...AT])).toMatchObject({ code: 130 });
    expect(posted(api)).toEqual([]);
  });

  test.each(WAITING)("twice without a terminal: %s exits with 130, and changes nothing", async (words) => {
    const api = pressing(500, 500);
    expect(await run([...words, ...AT])).toMatchObject({ code: 130 });
    expect(posted(api)).toEqual([]);
  });

  test.each(WAITING)("twice, then no: %s exits with 130, and changes nothing", async (words) => {
    const api = pressing(500, 500);
    expect(await run([...words, ...AT], { input: "no" })).toMatchObject({ code: 130 });
    expect(posted(api)).toEqual([]);
  });

  test.each(WAITING)("twice, then yes: %s stops that request and exits with 3", async (words, id) => {
    const api = pressing(500, 500);
    expect(await run([...words, ...AT], { input: "yes" })).toMatchObject({ code: 3 });
    expect(posted(api)).toEqual([{ DesiredCapacity: 0, req_id: id, force_stop: true }]);
  });
});

// Every command runs to its exit code against an API in memory: in which ending a script sees 0, 1, 2, 3 or 130.
import * as z from "zod";
import { exitCodeOf } from "../../cli/exit-code.ts";
import type { Progress, Summary } from "../../client/answers.ts";
import { ESTIMATE_EXAMPLE } from "../../domain/api/started-answer.ts";
import { AT, type FakeApi, fakeApi, KNOWN_ID, NEW_ID, type Reply, run, type Typed } from "./fake-api.ts";
import { progress } from "./progress.ts";

// The waits between two tries and two questions: they take no real time, but the clock that a deadline reads goes on.
vi.mock("node:timers/promises", async (original) => ({
  ...(await original<typeof import("node:timers/promises")>()),
  setTimeout: async (ms: number) => void vi.setSystemTime(Date.now() + ms),
}));

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => vi.useRealTimers());

const URL_OF_OBJECT = "https://a.example.com/x";

type Lacking = NonNullable<Parameters<typeof exitCodeOf>[1]>;
const NOTHING: Lacking = { failure_pops: [], failure_urls: [], failure_urls_omitted: 0 };

test.each<[string, Parameters<typeof exitCodeOf>[0], number, Partial<Lacking>?]>([
  ["downloaded and not verified", { status: "FINISHED", failed_count: 0, verdict: "not_verified" }, 0],
  ["not verified, and tasks failed", { status: "FINISHED", failed_count: 3, verdict: "not_verified" }, 2],
  ["not ready, whatever else is known", { status: "FINISHED", failed_count: 0, verdict: "not_ready" }, 2],
  [
    "URLs could not be read, and have no room in the answer",
    { status: "FINISHED", failed_count: 0 },
    2,
    { failure_urls_omitted: 1 },
  ],
  ["nothing could be warmed", { status: "FAILED", failed_count: 0 }, 2],
  ["stopped, all good so far", { status: "STOPPED", failed_count: 0 }, 3],
  ["time up", { status: "TIMEOUT", failed_count: 2 }, 3],
])("%s", (_, progress, code, lacking) => {
  expect(exitCodeOf(progress, { ...NOTHING, ...lacking })).toBe(code);
});

/** How a request ends, and what that is to a script. */
const ENDINGS: [ending: string, progress: Partial<Progress>, code: number, summary?: Partial<Summary>][] = [
  ["all tasks succeeded", { status: "FINISHED", failed_count: 0 }, 0],
  ["tasks failed", { status: "FINISHED", failed_count: 9 }, 2],
  ["a POP did not resolve", { status: "FINISHED", failed_count: 0 }, 2, { failure_pops: ["ICN51-C1"] }],
  ["it was stopped after failures", { status: "STOPPED", failed_count: 5 }, 3],
];

const WAITING: readonly (readonly [words: readonly string[], id: string])[] = [
  [["warm", URL_OF_OBJECT], NEW_ID],
  [["retry", KNOWN_ID], NEW_ID],
  [["status", KNOWN_ID, "--watch"], KNOWN_ID],
];

describe.each(ENDINGS)("where %s", (_, progress, code, summary = {}) => {
  test.each(WAITING)("%s exits with the code of that ending", async (words, id) => {
    const api = fakeApi({ progress: [{ status: "CREATED" }, { status: "IN_PROGRESS" }, progress], summary });
    expect(await run([...words, ...AT])).toMatchObject({ code });
    const asked = api.calls.filter(({ path }) => /^(prewarm|summary)\?/.test(path));
    expect(new Set(asked.map(({ path }) => /req_id=([^&]+)/.exec(path)?.[1]))).toEqual(new Set([id]));
  });

  test.each(WAITING)("%s --json says the same code in its document", async (words, id) => {
    fakeApi({ progress: [{ status: "IN_PROGRESS" }, progress], summary });
    const ran = await run([...words, ...AT, "--json"]);
    expect(ran.code).toBe(code);
    expect(JSON.parse(ran.stdout)).toMatchObject({ request_id: id, exit_code: code, status: progress.status });
  });

  test("status exits with the code of that ending", async () => {
    fakeApi({ progress: [progress], summary });
    for (const more of [[], ["--json"]])
      expect(await run(["status", KNOWN_ID, ...more, ...AT])).toMatchObject({ code });
  });
});

test("the counts after the recount decide, and not those that were seen at the end", async () => {
  for (const [seen, recounted, code] of [
    [3, 0, 0],
    [0, 2, 2],
  ] as const) {
    fakeApi({ progress: [seen, recounted].map((failed_count) => ({ status: "FINISHED", failed_count })) });
    expect(await run(["status", KNOWN_ID, ...AT])).toMatchObject({ code });
  }
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

const RUNNING = { status: "IN_PROGRESS" } as const;

interface Given extends Typed {
  readonly api?: Partial<FakeApi>;
  /** The calls that changed something. @default none */
  readonly changes?: readonly unknown[];
}

const WHILE_RUNNING: Given = { api: { progress: [RUNNING] } };
const STOP = [{ DesiredCapacity: 0, req_id: KNOWN_ID, force_stop: true }];
const OF_KEY: Given = { api: { progress: [{ ...RUNNING, key_id: "key-1" }] } };
const changing = (more: object) => ({
  changes: [expect.objectContaining({ url_list: [URL_OF_OBJECT], ...more })],
});

/** Bodies of the calls that changed something: a dry run does not. */
function changesOf({ calls }: FakeApi): unknown[] {
  const isDryRun = (body: unknown) => z.object({ dry_run: z.literal(true) }).safeParse(body).success;
  return calls.flatMap(({ method, body }) => (method === "POST" && !isDryRun(body) ? [body] : []));
}

/** Each command in each of its endings that is not a request's. */
const CASES: [words: string, what: string, code: number, given?: Given][] = [
  [`warm ${URL_OF_OBJECT} --no-wait`, "started and left", 0, changing({ client_token: expect.any(String) })],
  [
    `warm ${URL_OF_OBJECT} --no-wait --token mine`,
    "started with a token of its own",
    0,
    changing({ client_token: "mine" }),
  ],
  [
    `warm --no-wait --invalidate ${URL_OF_OBJECT} --invalidate /a/* --invalidate=/b --invalidate-tag v1`,
    "with an invalidation of its URLs, of paths and of a tag; a URL is no path",
    0,
    {
      changes: [
        expect.objectContaining({
          url_list: [URL_OF_OBJECT],
          need_invalidate: true,
          invalidate: { paths: ["/a/*", "/b"], tags: ["v1"] },
        }),
      ],
    },
  ],
  [
    `warm ${URL_OF_OBJECT} --no-wait --invalidate-tag v1`,
    "by tag alone",
    0,
    changing({ invalidate: { tags: ["v1"] } }),
  ],
  [`warm ${URL_OF_OBJECT} --dry-run`, "estimated", 0],
  ["warm", "without a URL", 1],
  [`warm ${URL_OF_OBJECT} --timeout soon`, "with a time that is none", 1],
  [`warm ${URL_OF_OBJECT} --wrong`, "with an option that is none", 1],
  [
    `retry ${KNOWN_ID.slice(0, 8)} --no-wait`,
    "started again and left",
    0,
    { changes: [{ retry_of: KNOWN_ID, client_token: expect.any(String) }] },
  ],
  ["retry", "without an id", 1],
  [`status ${KNOWN_ID}`, "of a request that runs", 0, WHILE_RUNNING],
  ["status --json", "of one that runs, as JSON", 0, WHILE_RUNNING],
  ["status --json", "of one that failed, as JSON", 2, { api: { progress: [{ status: "FINISHED", failed_count: 7 }] } }],
  ["status ffff", "of no such request", 1],
  [`report ${KNOWN_ID}`, "of failed tasks", 0],
  [`report ${KNOWN_ID} --all`, "of all tasks", 0],
  ["report --all", "of all tasks, which nobody wrote", 1, { api: { summary: { results_url: null } } }],
  ["report --all --failed", "of all and of failed tasks", 1],
  ["report --format pdf", "in a format that is none", 1],
  [`report ${KNOWN_ID}`, "of a request that runs", 1, { api: { summary: undefined } }],
  ["report", "behind a link that is too old", 1, { api: { report: { status: 403, text: "" } } }],
  ["list", "of the newest", 0],
  ["list --limit many", "of so many", 1],
  [
    `stop ${KNOWN_ID.slice(0, 8)} --yes`,
    "at once, named by the beginning of its id",
    0,
    { ...WHILE_RUNNING, changes: STOP },
  ],
  [`stop ${KNOWN_ID}`, "after a yes", 0, { ...WHILE_RUNNING, input: "yes", changes: STOP }],
  [`stop ${KNOWN_ID}`, "after a no", 0, { ...WHILE_RUNNING, input: "no" }],
  [`stop ${KNOWN_ID}`, "with nobody to ask", 1, WHILE_RUNNING],
  [`stop ${KNOWN_ID} --yes`, "of one that has ended", 1],
  ["stop --key key-1 --yes", "all that run of a key", 0, { ...OF_KEY, changes: STOP }],
  ["stop --key key-1", "all of a key, after a no", 0, { ...OF_KEY, input: "no" }],
  ["stop --key key-1", "all of a key, with nobody to ask", 1, OF_KEY],
  ["stop --key key-2 --yes", "all of a key that has none", 0, OF_KEY],
  [
    "stop --key key-1 --yes",
    "all of a key, which have ended",
    0,
    { api: { progress: [{ status: "STOPPED", key_id: "key-1" }] } },
  ],
  ["stop --yes", "of nothing", 1],
  [`stop ${KNOWN_ID} --key key-1 --yes`, "of a request and of a key", 1],
  [`estimate ${URL_OF_OBJECT}`, "of URLs", 0],
  ["estimate", "of no URL", 1],
  ["pops", "of all", 0],
  ["pops singapore", "of a city that has one", 0],
  ["pops atlantis", "of a city that has none", 1],
  ["pops atlantis --json", "of a city that has none, as JSON", 0],
  ["pops --region eu --region us", "of two regions", 1],
  ["instances", "shown", 0],
  ["instances set 5", "set", 0, { changes: [{ DesiredCapacity: 5 }] }],
  ["instances set many", "set to so many", 1],
  ["instances set 0", "paused after a yes", 0, { input: "y", changes: [{ DesiredCapacity: 0 }] }],
  ["instances set 0", "not paused after a no", 0, { input: "" }],
  ["instances set 0", "paused with nobody to ask", 1],
  ["instances set 11", "many, with nobody to ask", 1],
  ["instances set 11 --yes", "many, after --yes", 0, { changes: [{ DesiredCapacity: 11 }] }],
  ["open --print", "at the list", 0],
  [`open ${KNOWN_ID} --print`, "at a request", 0],
  ["open --print", "without a console", 1, { api: { replies: { "GET console": NOT_FOUND } } }],
  ["doctor", "of a deployment that works", 0],
  [
    "doctor",
    "with a wrong key",
    1,
    { api: { replies: { "GET instances": { status: 403, body: { message: "Forbidden" } } } } },
  ],
  ["doctor", "of one without settings", 1, { api: { replies: { "GET settings": NOT_FOUND } } }],
  ["completion bash", "for bash", 0],
  ["completion tcsh", "for no shell", 1],
  ["warn", "that is none", 1],
  ["--help", "and its help", 0],
  ["--version", "and its version", 0],
];

test.each(CASES)("%s, %s, exits with %i", async (line, _, code, { api: different, changes = [], ...typed } = {}) => {
  const api = fakeApi(different);
  const words = line.split(" ");
  // A new command that has no options of an API stands here.
  const places = ["completion", "warn", "--help", "--version"].includes(words[0] ?? "") ? [] : AT;
  expect(await run([...words, ...places], typed)).toMatchObject({ code });
  expect(changesOf(api)).toEqual(changes);
});

test.each(["warm --dry-run", "estimate"])("%s asks for a dry run, and starts nothing", async (line) => {
  const api = fakeApi();
  await run([...line.split(" "), URL_OF_OBJECT, ...AT]);
  expect(api.calls.map(({ method, body }) => [method, body])).toEqual([
    ["POST", expect.objectContaining({ url_list: [URL_OF_OBJECT], dry_run: true })],
  ]);
});

describe("the prices of a request to a stack, before it is made", () => {
  /** An API whose estimate is of so many transferred bytes. */
  const costing = (bytes: number) => {
    const prices = {
      as_asked: { dollars: 217.6, requests: 1_960, bytes },
      downloads_1: { dollars: 108.8, requests: 1_320, bytes: bytes / 2 },
      regional: { dollars: 40.8, requests: 530, bytes: bytes / 5 },
    };
    const estimated = { request_id: NEW_ID, estimate: { ...ESTIMATE_EXAMPLE, prices } };
    return fakeApi({ replies: { "POST prewarm": { status: 200, body: estimated } } });
  };
  const words = ["warm", URL_OF_OBJECT, "--no-wait", ...AT];

  test.each<[what: string, bytes: number, typed: Typed, isStarted: boolean, more?: string[]]>([
    ["20 GB are not asked about", 20e9, { input: "no" }, true],
    ["more, and no", 20e9 + 1, { input: "no" }, false],
    ["more, and yes", 20e9 + 1, { input: "yes" }, true],
    ["more, with --yes", 20e9 + 1, { input: "no" }, true, ["--yes"]],
    ["more, without a terminal", 20e9 + 1, {}, true],
  ])("%s", async (_, bytes, typed, isStarted, more = []) => {
    const api = costing(bytes);
    const { code, stderr } = await run([...words, ...more], typed);
    expect([code, changesOf(api).length]).toEqual([0, isStarted ? 1 : 0]);
    expect(stderr).toMatch(
      /Price +about \$218: .*\n +--downloads 1 +about \$109: .*\n +--scope regional +about \$41: /,
    );
  });
});

/** A call of each command that asks the API. */
const ASKING = [
  `warm ${URL_OF_OBJECT}`,
  `warm ${URL_OF_OBJECT} --no-wait`,
  `warm ${URL_OF_OBJECT} --dry-run`,
  "status",
  "status --json",
  "status --watch",
  "report",
  "report --html -",
  "list",
  `retry ${KNOWN_ID}`,
  `stop ${KNOWN_ID} --yes`,
  "stop --key key-1 --yes",
  `estimate ${URL_OF_OBJECT}`,
  "pops",
  "instances",
  "instances set 1",
  // Without an id, `open` asks for the page alone, which may be any.
  `open ${KNOWN_ID} --print`,
  "doctor",
  "doctor --json",
];

const REFUSALS: readonly (readonly [string, Reply])[] = [
  ["refuses the call", { status: 400, body: { error_message: "that is wrong" } }],
  ["refuses the key", { status: 403, body: { message: "Forbidden" } }],
  ["has a fault", { status: 502, body: { message: "Internal server error" } }],
  ["answers something else", { status: 200, body: { unknown: true } }],
  ["is not there", "no answer"],
];

describe.each(REFUSALS)("where the API %s", (_, reply) => {
  test.each(ASKING)("%s exits with 1", async (line) => {
    // The client's waits between two attempts.
    vi.stubGlobal("setTimeout", (attempt: () => void) => setImmediate(attempt));
    fakeApi({ replies: { "*": reply } });
    expect(await run([...line.split(" "), ...AT])).toMatchObject({ code: 1 });
  });
});

describe("Ctrl-C while a request is watched", () => {
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

  describe.each<[string, readonly number[], Typed?]>([
    ["once", [2_000]],
    ["twice without a terminal", [500, 500]],
    ["twice, then no", [500, 500], { input: "no" }],
  ])("%s", (_, passes, typed) => {
    test.each(WAITING)("%s exits with 130, and changes nothing", async (words) => {
      const api = pressing(...passes);
      expect(await run([...words, ...AT], typed)).toMatchObject({ code: 130 });
      expect(posted(api)).toEqual([]);
    });
  });

  test.each(WAITING)("twice, then yes: %s stops that request and exits with 3", async (words, id) => {
    const api = pressing(500, 500);
    expect(await run([...words, ...AT], { input: "yes" })).toMatchObject({ code: 3 });
    expect(posted(api)).toEqual([{ DesiredCapacity: 0, req_id: id, force_stop: true }]);
  });
});

test("stop --key goes on after a request that has ended meanwhile, or cannot be stopped", async () => {
  const [ended, broken, last] = ["a", "b", "c"].map((it) => ({ ...progress(), request_id: it, key_id: "key-1" }));
  const requests = [ended, broken, last, { ...progress(), request_id: "of another key", key_id: "key-2" }];
  const body = { timestamp: progress().timestamp, requests, next: null };
  const api = fakeApi({ replies: { "GET requests": { status: 200, body } } });
  const stops: unknown[] = [];
  api.onCall = ({ method, body: sent }) => {
    if (method === "GET") return;
    const { req_id: id } = sent as { req_id: string };
    stops.push(id);
    const status = id === "a" ? 409 : id === "b" ? 400 : 200;
    api.replies = { ...api.replies, "POST instances": { status, body: { message: "said" } } };
  };
  const { code, stdout, stderr } = await run(["stop", "--key", "key-1", "--yes", ...AT]);
  expect([stops, code, stdout]).toEqual([["a", "b", "c"], 1, "Stopped 1 request of the API key key-1.\n"]);
  expect(stderr).toContain("said");
});

test.each([
  ["none", [["a"]], ["a"], 2],
  ["a late one", [["a"], ["a", "b"]], ["a", "b"], 3],
  ["a new one each time", [["a"], ["a", "b"], ["b", "c"], ["c", "d"]], ["a", "b", "c"], 3],
])("stop --key stops what the list shows only later: %s", async (_, lists, expected, passes) => {
  const api = fakeApi();
  const stops: unknown[] = [];
  let pass = 0;
  api.onCall = ({ method, path, body }) => {
    if (method === "POST") stops.push((body as { req_id: string }).req_id);
    if (path.includes("status=CREATED")) pass++;
    const ids = lists[Math.min(pass, lists.length) - 1] ?? [];
    const requests = ids.map((it) => ({ ...progress(), request_id: it, key_id: "key-1" }));
    api.replies = { "GET requests": { status: 200, body: { timestamp: progress().timestamp, requests, next: null } } };
  };
  const { stdout } = await run(["stop", "--key", "key-1", "--yes", ...AT]);
  expect([stops, pass]).toEqual([expected, passes]);
  expect(stdout).toBe(`Stopped ${expected.length} request${expected.length === 1 ? "" : "s"} of the API key key-1.\n`);
});

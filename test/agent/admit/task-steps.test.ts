import {
  emptyHistory,
  forgetAnswers,
  judgeCheck,
  nextStep,
  type RequestStep,
  recordAnswer,
  type Surroundings,
  stateOf,
  type TaskHistory,
  type TaskSettings,
} from "../../../agent/admit/task-steps.ts";
import type { HttpResult } from "../../../agent/fetch/http/http-client.ts";
import { formatTimestamp } from "../../../domain/timestamps.ts";

const FIRST: RequestStep = {
  step: "request",
  kind: "download",
  addressIndex: 0,
  earliestAt: 0,
  alone: false,
  countsAsCheckOnEdgeHit: false,
  firstByteOnly: false,
};

describe("the state of a task whose next request is known", () => {
  const READY: Surroundings = {
    isGated: false,
    isCancelled: false,
    isStopping: false,
    needsPermit: true,
    hasPermit: true,
    isPermitScarce: false,
    hasSlot: true,
    isOtherInProgress: false,
    now: 1_000,
  };
  const CHECK = { ...FIRST, kind: "check" } as const;

  test.each<[string, ReturnType<typeof stateOf>, Partial<Surroundings>, RequestStep?]>([
    ["has all that it needs", "send", {}],
    ["has no permit", "permit", { hasPermit: false, hasSlot: true }],
    ["has neither: the slot comes first", "slot", { hasPermit: false, hasSlot: false }],
    ["has neither, and others wait for permits", "permit", { hasPermit: false, hasSlot: false, isPermitScarce: true }],
    ["is not due", "wait", { hasSlot: false }, { ...FIRST, earliestAt: 1_001 }],
    ["is to be alone and is not", "wait_alone", { isOtherInProgress: true }, { ...CHECK, alone: true }],
    ["need not be alone", "send", { isOtherInProgress: true }, CHECK],
    ["waits for its lead", "lead", { isGated: true, hasSlot: false }],
    ["is a download, and the agent stops", "return", { isStopping: true }],
    ["is a check, and the agent stops", "send", { isStopping: true }, CHECK],
    ["is of a request that has ended", "drop", { isCancelled: true, isGated: true, isStopping: true }],
  ])("a request that %s: %s", (_, state, changes, request = FIRST) => {
    expect(stateOf(request, { ...READY, ...changes })).toBe(state);
  });
});

const SETTINGS: TaskSettings = {
  addresses: 2,
  firstAddress: 0,
  attemptsBefore: 0,
  downloads: "auto",
  scope: "pop",
  verify: "edge",
  downloadsDone: 0,
  expectedBytes: null,
  compressed: false,
  hasRange: false,
  errorTtls: undefined,
  deadline: undefined,
  errorCachingMs: 11_000,
  queuedAt: undefined,
  sample: undefined,
  notBefore: 0,
};
const GOOD: HttpResult = { bytes: 5, contentLength: 5, httpStatus: 200, xCache: "Miss from cloudfront" };
const REC: HttpResult = {
  ...GOOD,
  xCache: "Hit from cloudfront",
  serverTiming: 'cdn-cache-hit,cdn-hit-layer;desc="REC"',
  age: "1",
};
const EDGE: HttpResult = { ...REC, serverTiming: 'cdn-cache-hit,cdn-hit-layer;desc="EDGE"', age: "3" };
const TIMEOUT: HttpResult = { bytes: 0, failure: { reason: "timeout", code: "T" } };
const CHALLENGE: HttpResult = { bytes: 0, httpStatus: 202, wafAction: "challenge" };

const step = (history: TaskHistory, settings: TaskSettings, isCancelled = false) =>
  nextStep(
    history,
    settings,
    { originSendsAge: false, isCancelled },
    () => 0.5,
    () => 0,
  );

/** Answers the requests of a task in order, each 2 s after the one before, in 100 ms. @returns what it asked for, and what follows */
function play(answers: readonly HttpResult[], changes: Partial<TaskSettings> = {}, isCancelled = false) {
  const settings = { ...SETTINGS, ...changes };
  const history = emptyHistory();
  const asked: RequestStep[] = [];
  let now = 0;
  for (const answer of answers) {
    const next = step(history, settings);
    if (next.step !== "request") throw new Error(`nothing more was to be requested: ${next.step}`);
    asked.push(next);
    now += 2_000;
    recordAnswer(history, settings, next, { answer, startedAt: now, endedAt: now + 100 }, false);
  }
  return { asked, history, next: step(history, settings, isCancelled) };
}

const inShort = ({ kind, addressIndex }: RequestStep) => `${kind} ${addressIndex}`;

test("a task is two downloads and a check at one address", () => {
  const { asked, next } = play([GOOD, REC, EDGE]);
  expect(asked.map(inShort)).toEqual(["download 0", "download 0", "check 0"]);
  expect(asked[1]).toMatchObject({ earliestAt: 3_200, countsAsCheckOnEdgeHit: true });
  expect(next).toMatchObject({
    step: "end",
    end: { rounds: 2, attempts: 1, transferredBytes: 15, proof: { outcome: "warm", tier: "EDGE", age: 3 } },
  });
});

test("a second download whose head reports the edge is the check", () => {
  const { next } = play([GOOD, EDGE]);
  expect(next).toMatchObject({ step: "end", end: { rounds: 1, proof: { outcome: "warm" } } });
});

describe("a large sample", () => {
  // The lead's REC stored the object at 1 s, and the sample sees it at 2 s.
  const SAMPLE = { leadFill: 1_000, endsOnHit: true, isRedelivered: false };
  const LEFT: HttpResult = { ...REC, bytes: 100, contentLength: 1e6, failure: { reason: "too_large" } };

  test("is left at its head if that is a hit of the lead's fill", () => {
    const { asked, next } = play([LEFT], { scope: "regional", sample: SAMPLE });
    expect(asked[0]).toMatchObject({ kind: "download", abortBodyOnFill: 1_000 });
    expect(next).toMatchObject({
      step: "end",
      end: {
        attempt: { answer: { bytes: 1e6 }, verdict: { kind: "GOOD" } },
        proof: { outcome: "regional" },
        sample: "hit",
        transferredBytes: 100,
      },
    });
  });

  test.each<[string, Partial<TaskSettings>]>([
    ["its POP may lead all objects", { sample: { ...SAMPLE, endsOnHit: false } }],
    ["a copy of its message may have filled the REC", { sample: { ...SAMPLE, isRedelivered: true } }],
    ["an attempt before may have filled the REC", { sample: SAMPLE, attemptsBefore: 1 }],
    ["the lead's fill is unknown", { sample: { ...SAMPLE, leadFill: undefined } }],
    ["it is none", {}],
  ])("is read whole if %s", (_, changes) => {
    const { asked } = play([GOOD], changes);
    expect(asked[0]?.abortBodyOnFill).toBeUndefined();
  });
});

test("a failed attempt is repeated at the next address after a pause, at most three times", () => {
  const { asked, next } = play([TIMEOUT, TIMEOUT, TIMEOUT]);
  expect(asked.map(inShort)).toEqual(["download 0", "download 1", "download 2"]);
  // The mean pauses are 200 and 400 ms, after answers that ended at 2,100 and 4,100.
  expect(asked.map(({ earliestAt }) => earliestAt)).toEqual([0, 2_300, 4_500]);
  expect(next).toMatchObject({ step: "end", end: { attempt: { count: 3, verdict: { kind: "RETRY" } } } });
});

test("a second download that fails for good ends the task as failed, with its reason", () => {
  const { next } = play([GOOD, { bytes: 0, httpStatus: 404 }]);
  const detail = "the object was downloaded, but the second download failed";
  const failure = { reason: "http_4xx", code: "HTTP 404", detail };
  expect(next).toMatchObject({ step: "end", end: { rounds: 1, proof: { outcome: "failed", failure } } });
});

const at = formatTimestamp(50_000);
const PAGE: HttpResult = { bytes: 9, contentLength: 9, httpStatus: 200, xCache: "Error from cloudfront" };

test.each<[string, HttpResult, Partial<TaskSettings>, delayMs: number | undefined]>([
  ["503 for the TTL of its status", { bytes: 0, httpStatus: 503 }, { errorTtls: { 503: 60 } }, 61_000],
  ["503 not before its Retry-After", { bytes: 0, httpStatus: 503, retryAfter: "40" }, {}, 40_000],
  ["a custom error page for the longest TTL", PAGE, { errorTtls: { 500: 5, 503: 60 } }, 61_000],
  ["a custom error page without TTLs", PAGE, {}, 11_000],
  ["not for longer than a task may wait", { bytes: 0, httpStatus: 503 }, { errorTtls: { 503: 3_600 } }, undefined],
  [
    "not for longer than the request has time",
    { bytes: 0, httpStatus: 503 },
    { errorTtls: { 503: 60 }, deadline: at },
    undefined,
  ],
])("an error that a cache keeps defers the task: %s", (_, answer, changes, delayMs) => {
  const { next } = play([answer], changes);
  if (delayMs === undefined) expect(next).toMatchObject({ step: "end" });
  else expect(next).toEqual({ step: "defer", delayMs: delayMs * 1.15 });
});

test("an answer of AWS WAF ends the task, also instead of a check", () => {
  const waf = { outcome: "failed", failure: { reason: "waf", code: "WAF_CHALLENGE" } };
  expect(play([CHALLENGE]).next).toMatchObject({
    step: "end",
    end: { attempt: { verdict: { failure: { reason: "waf" } } } },
  });
  expect(play([GOOD, REC, CHALLENGE]).next).toMatchObject({ step: "end", end: { proof: waf } });
});

test("a check that fails is sent again, twice; then the task has failed with the check's reason", () => {
  const { asked, next } = play([GOOD, REC, TIMEOUT, TIMEOUT, TIMEOUT]);
  expect(asked.slice(2).map(({ kind }) => kind)).toEqual(["check", "check", "check"]);
  const failure = { reason: "timeout", detail: "the object was downloaded, but the check failed" };
  expect(next).toMatchObject({ step: "end", end: { rounds: 2, proof: { outcome: "failed", failure } } });
});

test("a check of a task that is cut off is not sent again", () => {
  expect(play([GOOD, REC, TIMEOUT], {}, true).next).toMatchObject({
    step: "end",
    end: { proof: { outcome: "failed" } },
  });
});

test("a task that comes back, and whose POP has the object, compares two checks", () => {
  const { asked, next } = play([EDGE, { ...EDGE, age: "5" }], { downloadsDone: 1 });
  expect(asked.map(({ kind, alone }) => `${kind} ${alone}`)).toEqual(["download false", "check true"]);
  expect(next).toMatchObject({ step: "end", end: { attempt: { answer: { bytes: 5 } }, proof: { outcome: "warm" } } });
});

test.each([
  ["a small object is checked whole", 65_536, {}, false],
  ["a large one by its first byte", 65_537, {}, true],
  ["a range of the caller stays", 65_537, { hasRange: true }, false],
])("%s", (_, bytes, changes, firstByteOnly) => {
  const big = { ...GOOD, bytes, contentLength: bytes };
  expect(play([big, { ...REC, bytes, contentLength: bytes }], changes).next).toMatchObject({
    kind: "check",
    firstByteOnly,
  });
});

test("after a check, the whole object is asked for: the first byte may be kept by itself", () => {
  const big = { bytes: 65_537, contentLength: 65_537 };
  const { next } = play([{ ...GOOD, ...big }, { ...REC, ...big }, TIMEOUT]);
  expect(next).toMatchObject({ kind: "check", firstByteOnly: false });
});

test("a task that waits keeps no text of its answers, and ends the same way", () => {
  const { history } = play([GOOD, REC]);
  forgetAnswers(history);
  expect(history.last?.answer).not.toHaveProperty("serverTiming");
  const request = step(history, SETTINGS);
  if (request.step !== "request") throw new Error("a check is missing");
  recordAnswer(history, SETTINGS, request, { answer: EDGE, startedAt: 6_000, endedAt: 6_100 }, false);
  expect(step(history, SETTINGS)).toMatchObject({ step: "end", end: { rounds: 2, proof: { outcome: "warm" } } });
});

const xCache = "Hit from cloudfront";
test.each<[string, HttpResult, string | undefined]>([
  ["the whole object", { bytes: 1, httpStatus: 200, xCache, xAmzCfPop: "SIN2-P1" }, undefined],
  ["a part of it", { bytes: 1, httpStatus: 206, xCache }, undefined],
  ["more than was requested", { bytes: 0, httpStatus: 200, xCache, failure: { reason: "too_large" } }, undefined],
  ["a body that broke off", { bytes: 1, httpStatus: 200, xCache, failure: { reason: "incomplete" } }, "incomplete"],
  ["an answer of another POP", { bytes: 0, httpStatus: 200, xCache, failure: { reason: "other_pop" } }, "other_pop"],
  ["an answer without x-cache", { bytes: 1, httpStatus: 200 }, "other"],
  ["an error", { bytes: 1, httpStatus: 503, xCache }, "http_5xx"],
  ["a status that nobody knows", { bytes: 1, httpStatus: 203, xCache }, "other"],
  ["a challenge of AWS WAF", { bytes: 0, httpStatus: 202, wafAction: "challenge" }, "waf"],
  ["nothing", { bytes: 0, failure: { reason: "timeout" } }, "timeout"],
])("a check whose answer is %s: %#", (_, answer, reason) => {
  expect(judgeCheck(emptyHistory(), SETTINGS, answer).failure?.reason).toBe(reason);
});

describe("a check whose object has another size than the download", () => {
  const big = { bytes: 65_537, contentLength: 65_537 };
  const part = (total: string): HttpResult => ({
    ...EDGE,
    bytes: 1,
    contentLength: 1,
    httpStatus: 206,
    contentRange: `bytes 0-0/${total}`,
  });
  const failure = {
    reason: "incomplete",
    detail: "the object was downloaded, but the check failed: the cached object has 3 bytes, and 65537 were expected",
  };

  test.each<[string, HttpResult]>([
    ["a part with its total", part("3")],
    ["a whole body", { ...EDGE, bytes: 3, contentLength: 3 }],
  ])("ends the task as failed, at once: %s", (_, check) => {
    const { next } = play([{ ...GOOD, ...big }, { ...REC, ...big }, check]);
    expect(next).toMatchObject({ step: "end", end: { proof: { outcome: "failed", failure } } });
  });

  test.each<[string, HttpResult, HttpResult]>([
    ["the same total", REC, part("65537")],
    ["an unknown total", REC, part("*")],
    ["a body that is encoded", REC, { ...EDGE, bytes: 3, contentLength: 3, contentEncoding: "gzip" }],
    ["a download that was encoded", { ...REC, contentEncoding: "br" }, { ...EDGE, bytes: 3, contentLength: 3 }],
  ])("is not seen by %s", (_, download, check) => {
    const { next } = play([{ ...GOOD, ...big }, { ...download, ...big }, check]);
    expect(next).toMatchObject({ step: "end", end: { proof: { outcome: "warm" } } });
  });

  test("is not seen in a Miss: what no cache has may differ each time", () => {
    const miss = { ...GOOD, bytes: 3, contentLength: 3 };
    const { next } = play([{ ...GOOD, ...big }, { ...REC, ...big }, miss]);
    expect(next).toMatchObject({ step: "end", end: { proof: { outcome: "not_kept" } } });
  });

  test("is seen where the download was in an earlier message, by the size that was probed", () => {
    const { next } = play([{ ...EDGE, bytes: 3, contentLength: 3 }], { downloadsDone: 1, expectedBytes: 5 });
    expect(next).toMatchObject({
      step: "end",
      end: { proof: { outcome: "failed", failure: { reason: "incomplete" } } },
    });
    const { next: goesOn } = play([{ ...EDGE, bytes: 9, contentLength: 9 }], { downloadsDone: 1, expectedBytes: 5 });
    expect(goesOn).toMatchObject({ kind: "check" });
  });
});

describe("the fill of a lead or sample", () => {
  const MISS = { ...GOOD, serverTiming: undefined };
  test.each<[string, HttpResult, Partial<TaskSettings>, filledAt: number | undefined]>([
    ["a Miss", MISS, {}, 2_000],
    ["a Miss with an Age: the origin sends it", { ...MISS, age: "0" }, {}, undefined],
    ["a Hit of an unknown request", REC, {}, undefined],
    ["a Hit that was stored since the request", { ...REC, age: "3" }, { queuedAt: -4_000 }, -1_000],
  ])("is that of %s", (_, answer, changes, filledAt) => {
    expect(play([answer], { scope: "regional", ...changes }).history.filledAt).toBe(filledAt);
    expect(play([answer], changes).history.filledAt).toBeUndefined();
  });
});

describe("after a download, requests may reach the origin", () => {
  const kept = { ...REC, cacheControl: "max-age=3600" };
  test.each<[string, readonly HttpResult[], boolean]>([
    ["not after a hit of the REC", [kept], false],
    ["if the object expires within a minute", [{ ...REC, cacheControl: "max-age=30" }], true],
    ["not if shared caches may keep it", [{ ...REC, cacheControl: "max-age=0, s-maxage=3600" }], false],
    ["if its Expires is no date", [{ ...REC, expires: "0" }], true],
    ["if the cache asked the origin whether it has changed", [{ ...REC, xCache: "RefreshHit from cloudfront" }], true],
    ["if the POP asked the origin itself", [{ ...GOOD, serverTiming: 'cdn-upstream-layer;desc="EDGE"' }], true],
    ["if a second download failed", [kept, { bytes: 0, httpStatus: 503 }], true],
  ])("%s", (_, answers, mayReachOriginAgain) => {
    expect(play(answers).history.mayReachOriginAgain).toBe(mayReachOriginAgain);
  });
});

// The checks of what a load took, of what the origin was asked, and of what is claimed: each is shown what is well, and what is not.
import { describe, expect, it } from "vitest";
import type { Holder } from "../../../tools/edge/tiers.ts";
import { downloadedTimes, notDelayed, progressRises, sharedEvenly } from "../../../tools/lab/check/load.ts";
import {
  neverAbove,
  originDownloads,
  repeatsAtOrigin,
  seldomRefused,
  usesLimit,
} from "../../../tools/lab/check/origin.ts";
import { claimsAreTrue, viewersGetHits, warmTasks } from "../../../tools/lab/check/warmth.ts";
import { type Check, type Kill, type LinkSeen, type Observations, taskOf } from "../../../tools/lab/engine/scenario.ts";
import { isWrong } from "../../../tools/lab/run.ts";
import { HARD_CASES } from "../../../tools/lab/scenarios/hard-cases.ts";
import { killedAtEachPoint } from "../../../tools/lab/scenarios/leads.ts";
import { caseIsSeen } from "../../../tools/lab/scenarios/warmth.ts";
import { asked, DONE, HOST, POP, requestSeen, resultOf, sample, seen } from "./made-up.ts";

type Row = [what: string, check: Check, good: Observations, wrong: Observations];

function finds(rows: readonly Row[]): void {
  it.each(rows)("%s: found", (_, check, good, wrong) => {
    expect([check(good)].flat().filter(isWrong)).toEqual([]);
    expect([check(wrong)].flat().some(isWrong)).toBe(true);
  });
}

const kill = (changes: Partial<Kill> = {}): Kill => ({
  instance: "i-1",
  client: "c",
  at: 2_000,
  finished: new Set(),
  point: "at any time",
  ...changes,
});
const gets = (...paths: string[]) => paths.map((path) => ({ client: "c", at: 1, path, pop: POP }));

describe("what a load took", () => {
  const link = (bytes: number, changes: Partial<LinkSeen> = {}) => ({
    bytes,
    firstAt: 2_000,
    lastAt: 12_000,
    launchedAt: 1_500,
    ...changes,
  });
  const progress = { ...DONE, total_size: 200 };
  const linked = (...links: LinkSeen[]) => seen({ progress }, { links });
  // Two links of 10 bytes a second need 10 s for 200 bytes.
  const shares = sharedEvenly("it", 2, 10);
  const even = linked(link(100), link(100));
  const rising = (endedAt: number, sizes: readonly number[]) =>
    seen({ endedAt, samples: sizes.map((size, i) => sample(i, { in_progress_size: size })) });
  const rises = (...sizes: number[]) => rising(11_000, sizes);

  const beside = (seconds: number, samples = [sample(0), sample(60_000)], status = "FINISHED"): Observations => {
    const usual = requestSeen({ name: "alone" });
    const late = requestSeen({
      name: "beside",
      endedAt: 1_000 + 1_000 * seconds,
      progress: Object.assign({}, DONE, { status }),
    });
    const other = requestSeen({ name: "other", samples });
    return { ...seen(), requests: new Map([usual, late, other].map((one) => [one.name, one])) };
  };
  const delay = notDelayed({ alone: ["alone"], beside: ["beside"], other: "other", factor: 3, bytesLeft: 100 });
  const busy = [sample(0, { download_size: 50 }), sample(60_000, { download_size: 150 })];
  finds([
    ["an agent that takes all", shares, even, linked(link(180), link(20))],
    ["an agent that gets nothing", shares, even, linked(link(200))],
    ["links that are not full", shares, even, linked(link(100), link(100, { lastAt: 20_000 }))],
    ["an agent of another run", shares, even, linked(link(100), link(100, { launchedAt: 500 }))],
    ["a request that has to wait", delay, beside(29, busy), beside(31, busy)],
    ["a request that fails", delay, beside(29, busy), beside(29, busy, "FAILED")],
    [
      "another with little left",
      delay,
      beside(29, busy),
      beside(29, [sample(0, { download_size: 150 }), sample(60_000)]),
    ],
    ["another that has ended", delay, beside(29, busy), beside(29, [...busy.slice(0, 1), sample(60_000, DONE)])],
    [
      "a download too many",
      downloadedTimes("it", 1),
      seen({}, { gets: gets("/a") }),
      seen({}, { gets: gets("/a", "/b") }),
    ],
    ["progress that falls", progressRises("it", 10, 2), rises(1, 2, 3, 0), rises(1, 3, 2, 4)],
    ["progress that stands", progressRises("it", 10, 2), rises(1, 2, 3), rises(1, 1, 2)],
    ["a download that was short", progressRises("it", 10, 2), rises(1, 2, 3), rising(10_500, [1, 2, 3])],
  ]);
});

describe("what the origin was asked", () => {
  const log = (...origin: ReturnType<typeof asked>[]) => seen({}, { origin });
  const every = (ms: number, count: number) => Array.from({ length: count }, (_, i) => asked(i * ms));
  const repeated = (...finished: string[]) =>
    seen({ paths: ["/a"] }, { origin: every(1, 2), gets: gets("/a"), kills: [kill({ finished: new Set(finished) })] });
  const limited = (origin: ReturnType<typeof asked>[], download_count: number) =>
    seen({ samples: [sample(3_000, { download_count })] }, { origin, marks: [1_000, 2_000, 4_000] });
  // 10 a second from 500 ms after each mark on.
  const uses = usesLimit("it", 9, 500, 3);
  const refusing = [asked(0, { refused: true }), ...every(100, 10).map((it) => ({ ...it, at: it.at + 2_000 }))];
  const refused = refusing.map((it) => ({ ...it, refused: true }));
  finds([
    ["a GET too many", originDownloads("it", "=", 1), log(asked(0)), log(asked(0), asked(1))],
    ["a GET too few", originDownloads("it", ">=", 1), log(asked(0), asked(1)), log(asked(0, { probe: true }))],
    ["a GET before the request", originDownloads("it", "=", 1), log(asked(0), asked(-1)), log(asked(-1))],
    ["a GET that nobody had under way", repeatsAtOrigin("it", 1), repeated(), repeated(taskOf(POP, `${HOST}/a`))],
    ["an object that was not asked for", repeatsAtOrigin("it", 1), repeated(), seen({ paths: ["/a", "/b"] })],
    ["a second above the limit", neverAbove("it", 10, 1_000), log(...every(100, 30)), log(...every(90, 30))],
    ["an origin that was never asked", neverAbove("it", 10, 1_000), log(asked(0)), log()],
    ["a limit that is not used", uses, limited(every(100, 40), 1), limited(every(200, 20), 1)],
    [
      "a change that never came",
      uses,
      limited(every(100, 40), 1),
      { ...limited(every(100, 40), 1), marks: [1_000, 2_000] },
    ],
    ["tasks that are all done", uses, limited(every(100, 40), 1), limited(every(100, 40), 2)],
    ["too many at once", neverAbove("it", 2, 480), log(...every(250, 9)), log(...every(200, 9))],
    ["an origin that refuses on", seldomRefused("it", 1, 0.05), log(...refusing), log(...refused)],
    ["an origin that refuses nothing", seldomRefused("it", 1, 0.05), log(...refusing), log(...refusing.slice(1))],
  ]);
});

describe("what is claimed", () => {
  const addresses = new Map([[POP, ["127.77.0.1", "127.77.0.2"]]]);
  const atPop = (address: string): Holder => ({ layer: "pop", pop: POP, address, form: "" });
  const atRec: Holder = { layer: "rec", rec: "Singapore", form: "" };
  const claimed = (outcome: "warm" | "hit", held: readonly Holder[], changes: object = {}) =>
    seen(
      {
        results: [resultOf("/a?v=1", { outcome, address: "127.77.0.1", ...changes })],
        holders: new Map([["/a?v=1", held]]),
      },
      { addresses },
    );
  const warm = claimed("warm", [atPop("127.77.0.1")]);
  const everywhere = { addresses: "2 of 2" };
  const atBoth = claimed("warm", [atPop("127.77.0.1"), atPop("127.77.0.2")], everywhere);
  const notKept = HARD_CASES.find(({ name }) => name === "never kept by header: no-store") ?? HARD_CASES[0];
  if (notKept === undefined) throw new Error("There are no hard cases");
  const ended = (result: object) =>
    seen({
      name: "server-timing",
      results: [
        resultOf("/server-timing/never-kept-by-header-no-store.bin", { ok: false, outcome: "not_kept", ...result }),
      ],
    });
  const good = ended({ reason: "not_kept", error: "Cache-Control: no-store" });
  const viewed = (askedFor: number, ...cold: string[]) => seen({ viewers: { asked: askedFor, cold } });
  const pointed = (...points: string[]) => seen({}, { kills: points.map((point) => kill({ point })) });
  finds([
    [
      "warm where only another address or the REC has it",
      claimsAreTrue("it", "warm"),
      warm,
      claimed("warm", [atPop("127.77.0.2"), atRec]),
    ],
    [
      "warm at every address where one lacks it",
      claimsAreTrue("it", "warm"),
      atBoth,
      claimed("warm", [atPop("127.77.0.1")], everywhere),
    ],
    ["a hit of what nobody has", claimsAreTrue("it", "hit"), claimed("hit", [atRec]), claimed("hit", [])],
    [
      "a doubtful hit alone",
      claimsAreTrue("it", "hit"),
      claimed("hit", [atRec]),
      claimed("hit", [atRec], { warning: "shared" }),
    ],
    ["a run that claims nothing", claimsAreTrue("it", "warm"), warm, claimed("hit", [atRec])],
    ["a task that is not warm", warmTasks("it", "all"), seen(), seen({ results: [resultOf("/a")] })],
    ["a task that is warm", warmTasks("it", "none"), claimed("hit", []), warm],
    ["a viewer who gets a miss", viewersGetHits("it"), viewed(2), viewed(2, "/a: Miss ORIGIN")],
    ["no viewer at all", viewersGetHits("it"), viewed(2), viewed(0)],
    [
      "a failure that does not say why",
      caseIsSeen("server-timing", notKept),
      good,
      ended({ reason: "not_kept", error: "?" }),
    ],
    [
      "a case that nobody tried",
      caseIsSeen("server-timing", notKept),
      good,
      ended({ outcome: "failed", reason: "not_asked", error: "Two others failed" }),
    ],
    ["a failure of another kind", caseIsSeen("server-timing", notKept), good, ended({ reason: "other_pop" })],
    ["warm where nothing is kept", caseIsSeen("server-timing", notKept), good, ended({ ok: true, outcome: "warm" })],
    [
      "a case without a result",
      caseIsSeen("server-timing", notKept),
      good,
      seen({ name: "server-timing", results: [] }),
    ],
    [
      "too few kills",
      killedAtEachPoint(2, ["lead deleted"]),
      pointed("lead deleted", "lead deleted"),
      pointed("lead deleted"),
    ],
  ]);
});

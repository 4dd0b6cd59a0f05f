// The checks of what a load took, of what the origin was asked, and of what is claimed: each is shown what is well, and what is not.
import type { Holder } from "../../../tools/edge/tiers.ts";
import { downloadedTimes, progressRises } from "../../../tools/lab/check/load.ts";
import {
  neverAbove,
  originDownloads,
  repeatsAtOrigin,
  seldomRefused,
  usesLimit,
} from "../../../tools/lab/check/origin.ts";
import { claimsAreTrue, viewersGetHits, warmTasks } from "../../../tools/lab/check/warmth.ts";
import { taskOf } from "../../../tools/lab/engine/scenario.ts";
import { killedAtEachPoint } from "../../../tools/lab/scenarios/leads.ts";
import { CASES, caseIsSeen } from "../../../tools/lab/scenarios/warmth.ts";
import { asked, finds, HOST, kill, observed, POP, resultOf, sample } from "./made-up.ts";

const gets = (...paths: string[]) => paths.map((path) => ({ client: "c", at: 1, path, pop: POP }));

describe("what a load took", () => {
  const rising = (endedAt: number, ...sizes: number[]) =>
    observed({ endedAt, samples: sizes.map((size, i) => sample(i, { in_progress_size: size })) });
  const rises = progressRises("it", 10, 2);
  finds([
    [
      "a download too many",
      downloadedTimes("it", 1),
      observed({}, { gets: gets("/a", "/b") }),
      observed({}, { gets: gets("/a") }),
    ],
    ["progress that falls", rises, rising(11_000, 1, 3, 2, 4), rising(11_000, 1, 2, 3, 0)],
    ["progress that stands", rises, rising(11_000, 1, 1, 2), rising(11_000, 1, 2, 3)],
    ["a download that was short", rises, rising(10_500, 1, 2, 3), rising(11_000, 1, 2, 3)],
  ]);
});

describe("what the origin was asked", () => {
  const log = (...origin: ReturnType<typeof asked>[]) => observed({}, { origin });
  const every = (ms: number, count: number) => Array.from({ length: count }, (_, i) => asked(i * ms));
  const repeats = repeatsAtOrigin("it", 1);
  const repeated = (...finished: string[]) =>
    observed(
      { paths: ["/a"] },
      { origin: every(1, 2), gets: gets("/a"), kills: [kill({ finished: new Set(finished) })] },
    );
  const limited = (ms: number, count: number, download_count: number, marks = [1_000, 2_000, 4_000]) =>
    observed({ samples: [sample(3_000, { download_count })] }, { origin: every(ms, count), marks });
  // 10 a second from 500 ms after each mark on.
  const uses = usesLimit("it", 9, 500, 3);
  const second = neverAbove("it", 10, 1_000);
  const refusing = [asked(0, { refused: true }), ...every(100, 10).map((it) => ({ ...it, at: it.at + 2_000 }))];
  const refused = refusing.map((it) => ({ ...it, refused: true }));
  const refuses = seldomRefused("it", 1, 0.05);
  finds([
    ["a GET too many", originDownloads("it", "=", 1), log(asked(0), asked(1)), log(asked(0))],
    ["a GET too few", originDownloads("it", ">=", 1), log(asked(0, { probe: true })), log(asked(0), asked(1))],
    ["a GET before the request", originDownloads("it", "=", 1), log(asked(-1)), log(asked(0), asked(-1))],
    ["a GET that nobody had under way", repeats, repeated(taskOf(POP, `${HOST}/a`)), repeated()],
    ["an object that was not asked for", repeats, observed({ paths: ["/a", "/b"] }), repeated()],
    ["a second above the limit", second, log(...every(90, 30)), log(...every(100, 30))],
    ["an origin that was never asked", second, log(), log(asked(0))],
    ["a limit that is not used", uses, limited(200, 20, 1), limited(100, 40, 1)],
    ["a change that never came", uses, limited(100, 40, 1, [1_000, 2_000]), limited(100, 40, 1)],
    ["tasks that are all done", uses, limited(100, 40, 2), limited(100, 40, 1)],
    ["too many at once", neverAbove("it", 2, 480), log(...every(200, 9)), log(...every(250, 9))],
    ["an origin that refuses on", refuses, log(...refused), log(...refusing)],
    ["an origin that refuses nothing", refuses, log(...refusing.slice(1)), log(...refusing)],
  ]);
});

describe("what is claimed", () => {
  const atPop = (address: string): Holder => ({ layer: "pop", pop: POP, address, form: "" });
  const [atFirst, atSecond] = [atPop("127.77.0.1"), atPop("127.77.0.2")];
  const atRec: Holder = { layer: "rec", rec: "Singapore", form: "" };
  const claimed = (outcome: "warm" | "hit", held: readonly Holder[], changes: object = {}) => {
    const results = [resultOf("/a?v=1", { outcome, address: "127.77.0.1", ...changes })];
    return observed({ results, holders: new Map([["/a?v=1", held]]) });
  };
  const [isWarm, isHit] = [claimsAreTrue("it", "warm"), claimsAreTrue("it", "hit")];
  const warm = claimed("warm", [atFirst]);
  const hit = claimed("hit", [atRec]);
  const viewed = (askedFor: number, ...cold: string[]) => observed({ viewers: { asked: askedFor, cold } });
  finds([
    ["warm where only another address or the REC has it", isWarm, claimed("warm", [atSecond, atRec]), warm],
    ["a hit of what nobody has", isHit, claimed("hit", []), hit],
    ["a doubtful hit alone", isHit, claimed("hit", [atRec], { warning: "shared" }), hit],
    ["a run that claims nothing", isWarm, hit, warm],
    ["a task that is not warm", warmTasks("it", "all"), observed({ results: [resultOf("/a")] })],
    ["a task that is warm", warmTasks("it", "none"), warm, hit],
    ["a viewer who gets a miss", viewersGetHits("it"), viewed(2, "/a: Miss ORIGIN"), viewed(2)],
    ["no viewer at all", viewersGetHits("it"), viewed(0), viewed(2)],
  ]);
});

describe("what a case comes to", () => {
  const [noStore] = CASES.filter(({ name }) => name === "never kept by header: no-store");
  if (noStore === undefined) throw new Error("The case is gone");
  const { mode: name, path } = noStore;
  const check = caseIsSeen(noStore);
  const ended = (result: object) =>
    observed({ name, results: [resultOf(path, { ok: false, outcome: "not_kept", ...result })] });
  const well = ended({ reason: "not_kept", error: "Cache-Control: no-store" });
  const nobody = ended({ outcome: "failed", reason: "not_asked", error: "Two others failed" });
  finds([
    ["a failure that does not say why", check, ended({ reason: "not_kept", error: "?" }), well],
    ["a case that nobody tried", check, nobody, well],
    ["a failure of another kind", check, ended({ reason: "other_pop" }), well],
    ["warm where nothing is kept", check, ended({ ok: true, outcome: "warm" }), well],
    ["a case without a result", check, observed({ name, results: [] }), well],
  ]);

  const pointed = (...points: string[]) => observed({}, { kills: points.map((point) => kill({ point })) });
  const killed = killedAtEachPoint(2, ["after DeleteMessageBatch"]);
  const expected = "after DeleteMessageBatch";
  finds([["too few kills", killed, pointed(expected), pointed(expected, expected)]]);
});

import { siteOf } from "../../../domain/pops/sites.ts";
import { ACCEPTED } from "../../../domain/result/failure.ts";
import { tierOf as hitTierOf } from "../../../domain/result/outcome.ts";
import { table } from "../../output/table.ts";
import { cannotTell, type Judgement, ok } from "../check/check.ts";
import type { EdgePlace } from "../check/place.ts";
import { ask, type Way } from "./ask.ts";
import type { ProbedPop } from "./lookup.ts";

/** One question of a series about one object, which nobody asked for before the series. */
interface Question {
  /** `cold`: the series begins with this very way. `filled`: it begins with a whole GET at the first address. */
  readonly series: `${"cold" | "filled"} ${Way}`;
  readonly step: string;
  /** Index of the POP's address that is asked. */
  readonly address: number;
  readonly way: Way;
}

const WAYS: readonly Way[] = ["HEAD", "GET", "RANGE"];

/**
 * The series for a POP with so many addresses, each with an object of its own so that none sees what another one filled.
 * - `filled X`: the first address is filled by a whole GET, then asked by X, then every other address is asked by X. Shows
 *   whether the servers of a POP have, or fetch from each other, what one of them has.
 * - `cold X`: the first address is asked by X, and again. Then it is asked for one byte, which is a hit only if X filled
 *   it. The last address is then asked by X.
 */
function questionsFor(addresses: number): Question[] {
  const others = Array.from({ length: addresses - 1 }, (_, n) => n + 1);
  return WAYS.flatMap((way): Question[] => {
    const filled = `filled ${way}` as const;
    const cold = `cold ${way}` as const;
    return [
      { series: filled, step: "fill", address: 0, way: "GET" },
      { series: filled, step: "same", address: 0, way },
      ...others.map((address) => ({ series: filled, step: "other", address, way })),
      { series: cold, step: "first", address: 0, way },
      { series: cold, step: "again", address: 0, way },
      { series: cold, step: "proof", address: 0, way: "RANGE" },
      ...others.slice(-1).map((address) => ({ series: cold, step: "other", address, way })),
    ];
  });
}

/** A question with what came of it. */
export interface Share extends Question {
  readonly pop: string;
  readonly addresses: number;
  readonly status?: number;
  readonly xCache?: string | undefined;
  readonly tier?: string | undefined;
  readonly age?: number | undefined;
  readonly firstByteMs?: number;
  readonly bytes?: number;
  readonly error?: string;
}

const POPS = 3;

/** The POPs to look into: those with the most addresses, of as many regional caches as there are. */
export function popsToAsk(named: readonly ProbedPop[]): ProbedPop[] {
  const byAddresses = [...named].sort((a, b) => b.addresses.length - a.addresses.length);
  const recs = new Set<string>();
  const apart = byAddresses.filter(({ pop }) => {
    const rec = siteOf(pop)?.rec ?? pop;
    return recs.size < recs.add(rec).size;
  });
  return [...new Set([...apart, ...byAddresses])].slice(0, POPS);
}

/**
 * Asks one POP all questions, one after the other so that each finds what the one before it left. The object of each series
 * is the URL with a query that nobody used before.
 */
export async function askShares(
  url: URL,
  { pop, addresses }: ProbedPop,
  place: EdgePlace,
  fresh: () => string,
): Promise<Share[]> {
  const objects = new Map<string, URL>();
  const shares: Share[] = [];
  for (const question of questionsFor(addresses.length)) {
    const object = objects.get(question.series) ?? withQuery(url, fresh());
    objects.set(question.series, object);
    const known = { ...question, pop, addresses: addresses.length };
    try {
      const answer = await ask(object, addresses[question.address] ?? "", question.way, place);
      const { status, xCache, age, firstByteMs, bytes } = answer;
      shares.push({ ...known, status, xCache, tier: tierOf(answer.serverTiming), age, firstByteMs, bytes });
    } catch (error) {
      shares.push({ ...known, error: error instanceof Error ? error.message : String(error) });
    }
  }
  return shares;
}

function withQuery(url: URL, value: string): URL {
  const object = new URL(url);
  object.searchParams.append("prewarm-doctor", value);
  return object;
}

/** Whether the fresh query made a fresh object: if it is not in the cache key, the first question is a hit already. */
function isFresh(shares: readonly Share[]): boolean {
  return !shares.some(({ step, xCache }) => (step === "fill" || step === "first") && isHit(xCache));
}

/**
 * Which layer had the object, as the answer itself tells: `EDGE`, `REC`, `Origin Shield`; `origin` where none of them had
 * it. Undefined without Server-Timing, for x-cache alone does not tell a POP's hit from a regional cache's.
 */
export function tierOf(serverTiming: string | undefined): string | undefined {
  return hitTierOf(serverTiming) ?? (/cdn-cache-miss/.test(serverTiming ?? "") ? "origin" : undefined);
}

/** Whether x-cache says that a cache had it: `Hit from cloudfront`, `RefreshHit from cloudfront`. */
export function isHit(xCache: string | undefined): boolean {
  return /^(Refresh)?Hit\b/i.test(xCache ?? "");
}

/** What the table comes to. It is evidence, neither good nor bad, so it is ok as soon as it tells anything. */
export function judgeShares(shares: readonly Share[]): Judgement {
  const firsts = shares.filter(({ step }) => step === "fill" || step === "first");
  if (firsts.length === 0) return cannotTell("no POP could be checked", "fix the previous checks first");
  const good = firsts.filter(({ status = 0 }) => status >= 200 && status < 300 && status !== ACCEPTED);
  if (good.length === 0) {
    const seen = firsts[0]?.error ?? `HTTP ${firsts[0]?.status}`;
    return cannotTell(
      `the URL with an added query string failed (${seen})`,
      "use a --url that accepts any query string",
    );
  }
  if (!isFresh(shares))
    return cannotTell(
      "the query string is not in the cache key, so this check found no uncached object to test with",
      "use a --url whose query string is in the cache key, or the URL of an object that was just invalidated and has not been requested since",
    );
  const others = shares.filter(({ series, step }) => step === "other" && series.startsWith("filled"));
  if (others.length === 0)
    return cannotTell("each of these POPs has only one address", "use --pops with POPs that have several addresses");
  const hits = WAYS.map((way) => {
    const asked = others.filter((share) => share.way === way && share.error === undefined);
    return `${way} ${asked.filter(({ xCache }) => isHit(xCache)).length} of ${asked.length}`;
  });
  return ok(`hits at the other addresses after one address had downloaded the object: ${hits.join(", ")}`);
}

const COLUMNS: readonly [head: string, (share: Share) => string][] = [
  ["POP", ({ pop }) => pop],
  ["series", ({ series }) => series],
  ["step", ({ step }) => step],
  ["address", ({ address, addresses }) => `${address + 1}/${addresses}`],
  ["asked", ({ way }) => way],
  ["status", ({ status, error }) => (status === undefined ? (error ?? "-") : String(status))],
  ["x-cache", ({ xCache }) => xCache?.replace(/ from cloudfront$/i, "") ?? "-"],
  ["tier", ({ tier }) => tier ?? "-"],
  ["age", ({ age }) => String(age ?? "-")],
  ["ms", ({ firstByteMs }) => String(firstByteMs ?? "-")],
  ["bytes", ({ bytes }) => String(bytes ?? "-")],
];

/** How the servers of a POP share what they have, one line for each question. Empty: there is nothing to show. */
export function tableOf(shares: readonly Share[]): string {
  if (shares.length === 0) return "";
  const columns = COLUMNS.map(([head]) => ({ head }));
  const rows = shares.map((share) => COLUMNS.map(([, cell]) => cell(share)));
  return table(columns, rows, { width: undefined, paint: (_, text) => text }).join("\n");
}

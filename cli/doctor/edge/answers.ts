import { grouped } from "../../../domain/collections.ts";
import { recOf } from "../../../domain/pops/sites.ts";
import { isHit, popOf, tierOf, upstreamOf } from "../../../domain/result/outcome.ts";
import { cacheStatusOf } from "../../../domain/result/proof.ts";
import type { Way } from "./ask.ts";
import type { Exchange, Line } from "./record.ts";

/** Classes of objects by size, each from so many bytes. A POP may admit them differently. */
const SIZES = [
  { question: "admission_10_kb", label: "10 KB", min: 0, range: "below 64 KiB" },
  { question: "admission_256_kib", label: "256 KiB", min: 64 * 1024, range: "from 64 KiB to 4 MiB" },
  { question: "admission_20_mb", label: "20 MB", min: 4 * 1024 ** 2, range: "of 4 MiB or more" },
] as const;

/** Requests that may count for admission, besides GETs of whole objects. */
const PARTIAL = [
  { question: "ranges", way: "RANGE", label: "a one-byte range" },
  { question: "aborted", way: "ABORT", label: "an aborted GET" },
  { question: "heads", way: "HEAD", label: "a HEAD" },
] as const satisfies readonly { way: Way; question: string; label: string }[];

type SizeQuestion = (typeof SIZES)[number]["question"];
type PartialQuestion = (typeof PARTIAL)[number]["question"];
export type Question = "names" | "responses" | SizeQuestion | PartialQuestion | "addresses" | "rec";

/** Answer to a question about the edge: one sentence, or the reason why there is no answer. */
export interface Answer {
  readonly question: Question;
  readonly isAnswered: boolean;
  readonly says: string;
}

/** Exchanges for one object at one POP, in their order. */
type Series = readonly [first: Exchange, ...others: Exchange[]];
/** Series of one object: GETs of the whole object at the first POP, and those at other POPs after them. */
type ObjectSeries = readonly [fill: Series, ...later: Series[]];

const NOT_LEFT =
  "all questions need four URLs that nobody has requested, one of them of at least 200 kB, and three POPs of two RECs";
const NO_SERVER_TIMING = "no response names its tier: turn on Server-Timing in the response headers policy";

/** Answers the questions about the edge from what was sent and received. */
export function answersOf(lines: readonly Line[]): Answer[] {
  const exchanges = lines.filter((line) => line.type === "exchange");
  const objects = [...grouped(exchanges, ({ object }) => object).values()].map(seriesOf);
  const fills = objects.map(([fill]) => fill);
  return [
    names(lines),
    responses(exchanges),
    ...SIZES.map((size) => admission(size, fills)),
    ...PARTIAL.map((partial) => countsFor(partial, objects)),
    addresses(fills),
    rec(objects),
  ];
}

function seriesOf([first, ...others]: Series): ObjectSeries {
  const isAtFirst = ({ pop }: Exchange) => pop === first.pop;
  const elsewhere = others.filter((it) => !isAtFirst(it));
  return [[first, ...others.filter(isAtFirst)], ...grouped(elsewhere, ({ pop }) => pop).values()];
}

function names(lines: readonly Line[]): Answer {
  const all = lines.filter((line) => line.type === "name");
  if (all.length === 0) return notAnswered("names", "no name was looked up");
  const missing = all.filter(({ addresses }) => addresses.length === 0).map(({ pop }) => pop);
  const rest = missing.length === 0 ? "" : `; not ${missing.join(", ")}`;
  return answered("names", `${all.length - missing.length} of ${all.length} POP names resolve${rest}`);
}

function responses(exchanges: readonly Exchange[]): Answer {
  const from = new Map(
    exchanges.flatMap((it) => (responderOf(it) === undefined ? [] : [[it.pop, responderOf(it)] as const])),
  );
  if (from.size === 0) return notAnswered("responses", reasonOf(exchanges[0]) ?? "no response names a POP");
  const others = [...from].filter(([pop, by]) => pop !== by).map(([pop, by]) => `${by} for ${pop}`);
  const rest = others.length === 0 ? "" : `; ${others.join(", ")}`;
  const own = from.size - others.length;
  return answered("responses", `${own} of ${from.size} POPs responded under their own name${rest}`);
}

function admission(size: (typeof SIZES)[number], fills: readonly Series[]): Answer {
  const { question, label, range } = size;
  const all = fills.filter(([{ bytes }]) => SIZES.findLast(({ min }) => bytes >= min) === size);
  const usable = all.filter((series) => unusable(series) === undefined);
  if (usable.length === 0) return notAnswered(question, unusable(all[0]) ?? `no URL is of an object ${range}`);
  const says = usable.map((series) => {
    const [{ pop }] = series;
    const gets = getsBefore(series);
    return gets === undefined
      ? `${pop} does not keep an object of ${label} in ${getsOf(series).length} GETs`
      : `${pop} keeps an object of ${label} on GET ${gets}: GET ${gets + 1} is the first hit of its own cache`;
  });
  return answered(question, [...new Set(says)].join("; "));
}

/** Compares the GETs that an object needs after the partial request with those that it needs without one. */
function countsFor({ question, way, label }: (typeof PARTIAL)[number], objects: readonly ObjectSeries[]): Answer {
  const later = objects.flatMap(([fill, ...series]) => series.map((after) => ({ fill, after })));
  const found = later.find(({ after: [first] }) => first.way === way);
  if (found === undefined) return notAnswered(question, notLeft(objects));
  const { fill, after } = found;
  const reason = unusable(fill) ?? unusable(after);
  if (reason !== undefined) return notAnswered(question, reason);
  const [usual, gets] = [getsBefore(fill), getsBefore(after)];
  const [{ pop: usually }, { pop }] = [fill[0], after[0]];
  if (usual === undefined) return notAnswered(question, `${usually} does not keep the object`);
  if (gets === undefined || gets > usual)
    return notAnswered(question, `${pop} needs more GETs after ${label} than ${usually} without (${usual})`);
  const counts = gets < usual ? "counts" : "does not count";
  const kept = gets === 0 ? "before the first GET" : `on GET ${gets}`;
  const says = `after it, ${pop} keeps the object ${kept}, and without it ${usually} on GET ${usual}`;
  return answered(question, `${label} ${counts} as a request for admission: ${says}`);
}

function addresses(fills: readonly Series[]): Answer {
  const kept = fills.filter((series) => unusable(series) === undefined && getsBefore(series) !== undefined);
  const others = kept.flatMap(([first, ...all]) => all.filter(({ address }) => address !== first.address));
  const [one] = others;
  if (kept.length === 0) return notAnswered("addresses", "no object was kept at a first address");
  if (one === undefined) return notAnswered("addresses", "the POP has one address");
  const hits = others.filter(isOfPop).length;
  const share = hits === others.length ? "share their state" : "do not always share their state";
  const says = `${hits} of ${others.length} objects that the first one keeps are hits at the second`;
  return answered("addresses", `the addresses of ${one.pop} ${share}: ${says}`);
}

/** Compares the catalogue's map of POPs to RECs with the tiers that respond after a fill through one POP. */
function rec(objects: readonly ObjectSeries[]): Answer {
  const all = objects.map(([fill, ...later]) => ({ fill, gets: later.filter(([{ way }]) => way === "GET") }));
  const { fill, gets } = all.find((one) => one.gets.length > 0) ?? {};
  if (fill === undefined || gets === undefined) return notAnswered("rec", notLeft(objects));
  const [{ pop: filled, received }] = fill;
  const seconds = gets.map(([first]) => first);
  const reason = unusable(fill) ?? seconds.map(reasonOf).find((it) => it !== undefined);
  if (reason !== undefined) return notAnswered("rec", reason);
  if (!["REC", "Origin Shield"].includes(upstreamOf(received["server-timing"]) ?? ""))
    return notAnswered("rec", `the first request at ${filled} did not pass a REC`);
  const keeper = seconds.find(isOfPop);
  if (keeper !== undefined) return notAnswered("rec", `${keeper.pop} had kept the object before`);
  const isInMap = ({ pop }: Exchange) => recOf(pop) === recOf(filled);
  if (seconds.every(isInMap) || !seconds.some(isInMap)) return notAnswered("rec", NOT_LEFT);
  const holds = seconds.every((it) => isInMap(it) === isHit(observed(it)));
  const seen = seconds.map((it) => `a ${isHit(observed(it)) ? "hit" : "miss"} at ${it.pop} (${recOf(it.pop)})`);
  const says = `the REC map ${holds ? "holds" : "does not hold"}: after a fill through ${filled} (${recOf(filled)})`;
  return answered("rec", `${says}, the first GET is ${seen.join(" and ")}`);
}

/** Reason why no fresh object was left for a question. */
function notLeft(objects: readonly ObjectSeries[]): string {
  return objects.flatMap(([fill]) => unusable(fill) ?? [])[0] ?? NOT_LEFT;
}

/** Reason why a series shows nothing of admission. */
function unusable(series: Series | undefined): string | undefined {
  if (series === undefined) return undefined;
  const reason = series.map(reasonOf).find((it) => it !== undefined);
  if (reason !== undefined) return reason;
  const { xCache } = observed(series[0]);
  if (cacheStatusOf(xCache) !== "MISS")
    return `the first response was "${xCache}": use a URL that nobody has requested`;
  return series.some(({ received }) => /\bcdn-/.test(received["server-timing"] ?? "")) ? undefined : NO_SERVER_TIMING;
}

/** Reason why an exchange shows nothing. */
function reasonOf(exchange: Exchange | undefined): string | undefined {
  if (exchange === undefined) return "nothing was sent";
  const { pop, status, error } = exchange;
  if (error !== undefined) return `a request to ${pop} failed (${error})`;
  if (status !== 200 && status !== 206) return `${pop} responded with HTTP ${status}`;
  const by = responderOf(exchange);
  return by === pop ? undefined : `${by ?? "a server without x-amz-cf-pop"} responded for ${pop}`;
}

const observed = ({ received }: Exchange) => ({ xCache: received["x-cache"] });
const responderOf = ({ received }: Exchange) => popOf(received["x-amz-cf-pop"]);
const getsOf = ([first, ...others]: Series) =>
  [first, ...others].filter(({ way, address }) => way === "GET" && address === first.address);

/** Counts GETs at the first address before the first hit of the POP's own cache. Undefined: there is no such hit. */
function getsBefore(series: Series): number | undefined {
  const gets = getsOf(series).findIndex(isOfPop);
  return gets === -1 ? undefined : gets;
}

/** Tells whether the POP's own cache responded. */
export function isOfPop(exchange: Exchange): boolean {
  return isHit(observed(exchange)) && tierOf(exchange.received["server-timing"]) === "EDGE";
}

const answered = (question: Question, says: string): Answer => ({ question, isAnswered: true, says });
const notAnswered = (question: Question, says: string): Answer => ({ question, isAnswered: false, says });

import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { errorCode } from "../../../domain/net/resolver.ts";
import { recOf } from "../../../domain/pops/sites.ts";
import { cacheStatusOf, MIN_GROWTH_MS } from "../../../domain/result/proof.ts";
import { MAX_URLS } from "../check/options.ts";
import type { EdgePlace } from "../check/place.ts";
import { isOfPop } from "./answers.ts";
import { ask, headersOf, type Way } from "./ask.ts";
import type { Lookup, ProbedPop } from "./lookup.ts";
import { type Exchange, type Line, recordedHeaders, recordedUrl } from "./record.ts";

/** POPs of recorded responses: two of a REC and one of another are used, the first that resolve. */
export const CANDIDATES = "FRA56-P16 FRA60-P11 SIN2-P1 FRA60-P1 FRA56-P4 LAX54-P9 LAX50-P5 SIN2-P6".split(" ");
/** Most requests of a run: five for each object, two for the REC map, five for each partial request. */
export const MAX_REQUESTS = MAX_URLS * 5 + 2 + 3 * 5;
/** GETs of an object at a POP until its own cache responds. */
const MAX_GETS = 4;
/** Bytes of an object that cannot all be on their way when its GET is aborted at the head of the response. */
const MIN_ABORTED_BYTES = 200_000;

interface EvidenceDeps {
  /** Objects that nobody has requested, at most six. */
  readonly urls: readonly URL[];
  /** First label of the distribution's domain. */
  readonly label: string;
  /** POPs in the order of preference. */
  readonly pops: readonly string[];
  readonly edge: EdgePlace;
  readonly lookup: Lookup;
  readonly isCloudFront: boolean;
}

/**
 * Sends the requests that answer the questions about the edge, one after the other, at three POPs. The first POP shows when it keeps
 * each object. At the third POP, of another REC, the same objects are still fresh: they show whether partial requests count.
 */
export async function takeEvidence({ urls, label, pops, edge, lookup, isCloudFront }: EvidenceDeps): Promise<Line[]> {
  const { pops: found } = await lookup(label, pops);
  const lines: Line[] = [
    { type: "run", taken_at: new Date().toISOString(), edge: isCloudFront ? "CloudFront" : "stand-in" },
    ...found.map(({ pop, addresses }): Line => ({ type: "name", pop, addresses: [...addresses] })),
  ];
  const startedAt = performance.now();

  async function send({ pop, addresses }: ProbedPop, { object, url }: Target, way: Way, index = 0): Promise<Exchange> {
    const [address, at_ms] = [addresses[index] ?? "", Math.round(performance.now() - startedAt)];
    const known = { type: "exchange", at_ms, pop, address, object, url: recordedUrl(url), way } as const;
    const sent = { ...known, sent: headersOf(way) };
    const exchange: Exchange = await ask(url, address, way, edge).then(
      ({ status, headers, firstByteMs, bytes }) => {
        return { ...sent, status, received: recordedHeaders(headers), first_byte_ms: firstByteMs, bytes };
      },
      (error: unknown) => ({ ...sent, received: {}, bytes: 0, error: errorCode(error) }),
    );
    lines.push(exchange);
    await sleep(MIN_GROWTH_MS);
    return exchange;
  }

  /** Sends GETs until the POP's own cache responds. @returns the last exchange, and whether the first one was a Miss */
  async function fill(pop: ProbedPop, target: Target) {
    let last = await send(pop, target, "GET");
    const isFresh = cacheStatusOf(last.received["x-cache"]) === "MISS";
    for (let gets = 1; gets < MAX_GETS && last.status === 200 && !isOfPop(last); gets++)
      last = await send(pop, target, "GET");
    return { last, isFresh };
  }

  const { first, ofSameRec, ofOtherRec } = choosePops(found);
  if (first === undefined) return lines;
  const filled: (Target & { readonly bytes: number })[] = [];
  for (const [object, url] of urls.entries()) {
    const { last, isFresh } = await fill(first, { object, url });
    if (isFresh && last.status === 200) filled.push({ object, url, bytes: last.bytes });
    if (isOfPop(last) && first.addresses.length > 1) await send(first, { object, url }, "GET", 1);
  }
  const [smallest, ...others] = filled.toSorted((a, b) => a.bytes - b.bytes);
  for (const pop of [ofSameRec, ofOtherRec]) if (pop && smallest) await send(pop, smallest, "GET");
  const isLarge = others.length > 1 && (others.at(-1)?.bytes ?? 0) >= MIN_ABORTED_BYTES;
  const aborted = isLarge ? others.pop() : undefined;
  const partial = { RANGE: others[0], HEAD: others[1], ABORT: aborted };
  for (const way of ["RANGE", "HEAD", "ABORT"] as const) {
    const target = partial[way];
    if (ofOtherRec === undefined || target === undefined) continue;
    const { error } = await send(ofOtherRec, target, way);
    if (error === undefined) await fill(ofOtherRec, target);
  }
  return lines;
}

interface Target {
  readonly object: number;
  readonly url: URL;
}

/** Chooses a POP, a second one of its REC, and one of another REC, as the catalogue maps them. */
export function choosePops(found: readonly ProbedPop[]) {
  const alive = found.filter(({ addresses }) => addresses.length > 0);
  const isBeside = (a: ProbedPop) => (b: ProbedPop) => a !== b && recOf(a.pop) === recOf(b.pop);
  const first = alive.find((one) => alive.some(isBeside(one))) ?? alive[0];
  const ofSameRec = first && alive.find(isBeside(first));
  const ofOtherRec = first && alive.find((one) => recOf(one.pop) !== recOf(first.pop));
  return { first, ofSameRec, ofOtherRec };
}

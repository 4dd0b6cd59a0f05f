import { setImmediate } from "node:timers/promises";
import { parseUrl } from "../../domain/net/urls.ts";
import type { LeftOut } from "../../domain/request/source.ts";
import { listed, type References, referencesOf, segmentInfoOf } from "./dash-segments.ts";
import { absolute, DocumentError, type ExtractedUrls, type Reader } from "./document.ts";
import { childrenOf, type Element, readMpd, secondsIn } from "./mpd.ts";

/** Base URLs of one representation, of which a player selects one. */
const MAX_BASES_OF_REPRESENTATION = 20;
/** Combinations of a `BaseURL` with those of the level around it: each is parsed, and may be long. */
const MAX_BASE_URLS = 100_000;
/** Including those at other hosts. */
const MAX_SEGMENTS = 1_000_000n;
/** Representations without segments take time, too. */
const MAX_REPRESENTATIONS = 100_000;
/** Of a representation: its initialization can be at another host than its segments. */
const CHECKED_REFERENCES = 10;
/** Work between two turns of the event loop, in milliseconds: a short manifest can take many seconds. */
const MAX_TURN_MS = 20;

interface Representation {
  readonly references: References;
  readonly at: string | undefined;
}

/**
 * A manifest of DASH (ISO/IEC 23009-1): every segment of every representation of every period. Read by hand instead of by a
 * player's parser, which creates all segments before they can be counted.
 */
export const readDash: Reader = async (text, { base, signal }, extracted) => {
  const mpd = await readMpd(text);
  if (mpd.attributes["type"] === "dynamic")
    throw new DocumentError("is a live manifest (type dynamic): its segments expire before they are warm");
  // Players request a steering manifest from it.
  extracted.leaveOut("per_viewer", childrenOf(mpd, "ContentSteering").length);
  // All are counted before the first URL is generated.
  const wanted: Representation[] = [];
  let total = 0n;
  let expected = 0n;
  const giveWay = turnsOf(signal);
  for (const representation of representationsIn(mpd, base)) {
    await giveWay();
    if (representation === undefined) continue;
    const { references } = representation;
    total += references.total;
    if (total > MAX_SEGMENTS) throw new DocumentError(`names more than ${MAX_SEGMENTS} segments`);
    const refusal = placeRefusal(representation, extracted);
    if (refusal !== undefined) extracted.leaveOut(refusal, Number(references.count));
    else {
      expected += references.count;
      extracted.checkCount(expected);
      wanted.push(representation);
    }
  }
  for (const { references, at } of wanted) {
    for (const reference of references.all()) {
      await giveWay();
      const url = reference === "" ? at : reference;
      if (url !== undefined) extracted.add(url, at, true);
    }
  }
};

/**
 * @param signal ends the reading
 * @returns a function that gives way to the event loop when its turn is over. It throws the reason of the signal.
 */
function turnsOf(signal: AbortSignal): () => Promise<void> | undefined {
  let since = performance.now();
  const nextTurn = async () => {
    await setImmediate();
    signal.throwIfAborted();
    since = performance.now();
  };
  return () => (performance.now() - since < MAX_TURN_MS ? undefined : nextTurn());
}

/** Why all of its first references are left out for their host or scheme; undefined: they are not. */
function placeRefusal({ references, at }: Representation, extracted: ExtractedUrls): LeftOut | undefined {
  let first: LeftOut | undefined;
  let checked = 0;
  for (const reference of references.all()) {
    const refusal = extracted.refusal(reference === "" ? (at ?? "") : reference, at);
    first ??= refusal;
    if ((refusal !== "other_host" && refusal !== "mixed_content") || refusal !== first) return undefined;
    if (++checked === CHECKED_REFERENCES) break;
  }
  return first;
}

/**
 * All representations, each once for each of its base URLs, and what initializes the whole presentation.
 * @returns undefined: a level begins, whose base URLs took time
 * @throws DocumentError
 */
function* representationsIn(mpd: Element, base: string | undefined): Generator<Representation | undefined> {
  const countAddress = counter(MAX_BASE_URLS, `combines more than ${MAX_BASE_URLS} base URLs`);
  const countRepresentation = counter(
    MAX_REPRESENTATIONS,
    `has more than ${MAX_REPRESENTATIONS} representations, one for each of their addresses`,
  );
  const atMpd = baseUrlsOf(mpd, [base], countAddress);
  // An initialization segment for representations of several periods (ISO/IEC 23009-1, 5.3.12).
  for (const { attributes } of childrenOf(mpd, "InitializationSet")) {
    const { initialization } = attributes;
    if (initialization === undefined) continue;
    for (const at of atMpd) {
      countRepresentation();
      yield { references: listed([initialization]), at };
    }
  }
  for (const { element: period, seconds } of periodsOf(mpd)) {
    yield;
    const atPeriod = baseUrlsOf(period, atMpd, countAddress);
    const ofPeriod = segmentInfoOf(period, []);
    for (const set of childrenOf(period, "AdaptationSet")) {
      yield;
      const atSet = baseUrlsOf(set, atPeriod, countAddress);
      const ofSet = segmentInfoOf(set, ofPeriod);
      for (const representation of childrenOf(set, "Representation")) {
        const references = referencesOf(representation, ofSet, seconds);
        for (const at of baseUrlsOf(representation, atSet, countAddress)) {
          countRepresentation();
          yield { references, at };
        }
      }
    }
  }
}

/** @returns a function that counts one more, and throws a DocumentError with `problem` beyond `most` */
function counter(most: number, problem: string): () => void {
  let count = 0;
  return () => {
    if (++count > most) throw new DocumentError(problem);
  };
}

/** The base URLs of an element: each of its own resolved against each of the level around it. A player can select any. @throws DocumentError */
function baseUrlsOf(
  element: Element,
  around: readonly (string | undefined)[],
  count: () => void,
): readonly (string | undefined)[] {
  const own = new Set(childrenOf(element, "BaseURL").map(({ text }) => text));
  if (own.size === 0) return around;
  const resolveBase = (text: string, base: string | undefined) => {
    count();
    // An empty reference is the base itself (RFC 3986, 5.2.2).
    if (text === "") return base;
    const url = parseUrl(absolute(text, base) ?? "");
    if (url === undefined) throw new DocumentError("has a BaseURL that is no URL");
    return url.href;
  };
  const isFew = own.size <= MAX_BASES_OF_REPRESENTATION;
  const bases = new Set(isFew ? [...own].flatMap((text) => around.map((base) => resolveBase(text, base))) : own);
  if (bases.size > MAX_BASES_OF_REPRESENTATION)
    throw new DocumentError(`has more than ${MAX_BASES_OF_REPRESENTATION} addresses for one representation`);
  return [...bases];
}

/** A period and its length in seconds; undefined: unknown. */
interface Period {
  readonly element: Element;
  readonly seconds: number | undefined;
}

/** The periods of a manifest. A period without a duration ends when the next one begins (ISO/IEC 23009-1, 5.3.2.1). */
function periodsOf(mpd: Element): readonly Period[] {
  const elements = childrenOf(mpd, "Period");
  const whole = secondsIn(mpd, "mediaPresentationDuration");
  let start: number | undefined = 0;
  return elements.map((element, i) => {
    start = secondsIn(element, "start") ?? start;
    const next = elements[i + 1];
    const end = next === undefined ? whole : secondsIn(next, "start");
    const between: number | undefined = end === undefined || start === undefined ? undefined : end - start;
    const seconds = secondsIn(element, "duration") ?? between;
    start = start === undefined || seconds === undefined ? undefined : start + seconds;
    return { element, seconds };
  });
}

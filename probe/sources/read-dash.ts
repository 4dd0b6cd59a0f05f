import { parseUrl } from "../../domain/net/urls.ts";
import { type References, referencesOf, SegmentInfo } from "./dash-segments.ts";
import { absolute, DocumentError, type Finds, type Reader } from "./document.ts";
import { childrenOf, type Element, readMpd, secondsIn } from "./mpd.ts";

/** Addresses under which a player may choose to load one representation. */
const MAX_BASES = 20;
/** Put together of a `BaseURL` and those around it: each is parsed, and may be long. */
const MAX_PUT_TOGETHER = 100_000;
/** Counted, those at other hosts too. */
const MAX_SEGMENTS = 1_000_000n;
/** Those without a segment cost time and memory, too. */
const MAX_REPRESENTATIONS = 100_000;
/** Of a representation. Its init sections and indexes come first, and may stand at another host than its segments. */
const LOOKED_AT = 10;

/** A representation: its references, and what they go on from. */
interface Representation {
  readonly references: References;
  readonly base: string | undefined;
}

/**
 * A manifest of DASH (ISO/IEC 23009-1): every segment of every representation of every period. Read by hand instead of by a
 * player's parser: it has to be counted before it is laid out, and parsers lay it out at once.
 */
export const readDash: Reader = async (text, { base }, finds) => {
  const mpd = await readMpd(text);
  if (mpd.attributes["type"] === "dynamic")
    throw new DocumentError("is a live manifest (type dynamic): what it names is gone before it is warm");
  // Players ask it who is to serve them.
  finds.leave("per_viewer", childrenOf(mpd, "ContentSteering").length);
  const wanted = wantedOf(representationsOf(mpd, base), finds);
  for (const { references, base } of wanted) for (const it of references.all()) add(it, base, finds);
};

/** Those that are laid out. All are counted before the first one is. @throws DocumentError */
function wantedOf(representations: Iterable<Representation>, finds: Finds): readonly Representation[] {
  const wanted: Representation[] = [];
  let looked = 0;
  let all = 0n;
  let expected = 0n;
  for (const one of representations) {
    if (++looked > MAX_REPRESENTATIONS)
      throw new DocumentError(`has more than ${MAX_REPRESENTATIONS} representations, one for each of their addresses`);
    all += one.references.named;
    if (all > MAX_SEGMENTS) throw new DocumentError(`names more than ${MAX_SEGMENTS} segments`);
    if (isElsewhere(one, finds)) continue;
    expected += one.references.count;
    finds.expect(expected);
    wanted.push(one);
  }
  return wanted;
}

function* representationsOf(mpd: Element, base: string | undefined): Generator<Representation> {
  const addresses = new Addresses();
  const atMpd = addresses.of(mpd, [base]);
  for (const { element: period, seconds } of periodsOf(mpd)) {
    const atPeriod = addresses.of(period, atMpd);
    for (const set of childrenOf(period, "AdaptationSet")) {
      const atSet = addresses.of(set, atPeriod);
      for (const representation of childrenOf(set, "Representation")) {
        const info = new SegmentInfo([period, set, representation]);
        const references = referencesOf(info, representation, seconds);
        for (const it of addresses.of(representation, atSet)) yield { references, base: it };
      }
    }
  }
}

/** What is at one level goes on from each address of the level around it. All are taken: a player may choose any. */
class Addresses {
  private putTogether = 0;

  /** @throws DocumentError */
  of(element: Element, around: readonly (string | undefined)[]): readonly (string | undefined)[] {
    const own = new Set(childrenOf(element, "BaseURL").map(({ text }) => text));
    if (own.size === 0) return around;
    // Before they are put together, since that is what costs.
    this.putTogether += own.size * around.length;
    const bases = own.size > MAX_BASES ? own : new Set(this.all(own, around));
    if (bases.size > MAX_BASES) throw new DocumentError(`has more than ${MAX_BASES} addresses for one representation`);
    return [...bases];
  }

  private all(own: ReadonlySet<string>, around: readonly (string | undefined)[]): (string | undefined)[] {
    if (this.putTogether > MAX_PUT_TOGETHER)
      throw new DocumentError(`puts more than ${MAX_PUT_TOGETHER} addresses together`);
    return [...own].flatMap((text) => around.map((it) => based(text, it)));
  }
}

/** An empty one is a reference to what it goes on from (RFC 3986, 5.2.2). */
function based(text: string, base: string | undefined): string | undefined {
  if (text === "") return base;
  const url = parseUrl(absolute(text, base) ?? "");
  if (url === undefined) throw new DocumentError("has a BaseURL that is no URL");
  return url.href;
}

/** Whether it is at a host that is not wanted, as its first references tell: then it is counted, and not laid out. */
function isElsewhere({ references: { all, count }, base }: Representation, finds: Finds): boolean {
  let looked = 0;
  for (const it of all()) {
    if (finds.refusal(it === "" ? (base ?? "") : it, base) !== "other_host") return false;
    if (++looked === LOOKED_AT) break;
  }
  if (looked === 0) return false;
  finds.leave("other_host", Number(count));
  return true;
}

function add(reference: string, base: string | undefined, finds: Finds): void {
  if (reference !== "") finds.add(reference, base, true);
  else if (base !== undefined) finds.add(base, undefined, true);
}

/** A period, and how long it is in seconds; undefined: nobody says. */
interface Period {
  readonly element: Element;
  readonly seconds: number | undefined;
}

/** The periods of a manifest. Each lasts until the next one begins, if it does not say how long (ISO/IEC 23009-1, 5.3.2.1). */
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

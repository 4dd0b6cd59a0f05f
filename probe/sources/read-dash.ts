import { periodsOf } from "./dash-periods.ts";
import { type References, referencesOf } from "./dash-segments.ts";
import { DocumentError } from "./document-error.ts";
import { absolute, type Finds } from "./finds.ts";
import { childrenOf, type Element, readMpd } from "./mpd.ts";
import type { Reader } from "./reader.ts";
import { SegmentInfo } from "./segment-info.ts";

/** Addresses under which a player may choose to load one representation. */
const MAX_BASES = 20;
/** Counted, those at other hosts too. */
const MAX_SEGMENTS = 1_000_000n;

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
  let all = 0n;
  let expected = 0n;
  for (const one of representations) {
    all += one.references.count;
    if (all > MAX_SEGMENTS) throw new DocumentError(`names more than ${MAX_SEGMENTS} segments`);
    if (isElsewhere(one, finds)) continue;
    expected += one.references.count;
    finds.expect(expected);
    wanted.push(one);
  }
  return wanted;
}

function* representationsOf(mpd: Element, base: string | undefined): Generator<Representation> {
  const atMpd = basesOf(mpd, [base]);
  for (const { element: period, seconds } of periodsOf(mpd)) {
    const atPeriod = basesOf(period, atMpd);
    for (const set of childrenOf(period, "AdaptationSet")) {
      const atSet = basesOf(set, atPeriod);
      for (const representation of childrenOf(set, "Representation")) {
        const info = new SegmentInfo([period, set, representation]);
        const { id, bandwidth } = representation.attributes;
        const references = referencesOf(info, { id, bandwidth }, seconds);
        for (const it of basesOf(representation, atSet)) yield { references, base: it };
      }
    }
  }
}

/** What is at one level goes on from each address of the level around it. All are taken: a player may choose any. */
function basesOf(element: Element, around: readonly (string | undefined)[]): readonly (string | undefined)[] {
  const own = childrenOf(element, "BaseURL");
  if (own.length === 0) return around;
  const bases = new Set(own.flatMap(({ text }) => around.map((base) => based(text, base))));
  if (bases.size > MAX_BASES) throw new DocumentError(`has more than ${MAX_BASES} addresses for one representation`);
  return [...bases];
}

function based(text: string, base: string | undefined): string {
  const url = absolute(text, base);
  if (url === undefined || !URL.canParse(url)) throw new DocumentError("has a BaseURL that is no URL");
  return new URL(url).href;
}

/** Whether all of it is at a host that is not wanted: then it is counted, and not laid out. */
function isElsewhere({ references: { all, count }, base }: Representation, finds: Finds): boolean {
  for (const first of all()) {
    if (finds.refusal(first === "" ? (base ?? "") : first, base) !== "other_host") return false;
    finds.leave("other_host", Number(count));
    return true;
  }
  return false;
}

function add(reference: string, base: string | undefined, finds: Finds): void {
  if (reference !== "") finds.add(reference, base, true);
  else if (base !== undefined) finds.add(base, undefined, true);
}

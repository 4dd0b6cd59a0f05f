import { MAX_URL_LENGTH } from "../../domain/limits.ts";
import { DocumentError } from "./document.ts";
import { childrenOf, type Element, integerIn } from "./mpd.ts";

/** References of a representation: how many, at most, and then which. An empty one is the base itself. */
export interface References {
  readonly count: bigint;
  /** The same with those that are named again: what it costs to look at them. */
  readonly named: bigint;
  readonly all: () => Iterable<string>;
}

/** @param seconds of the period @throws DocumentError */
export function referencesOf(info: SegmentInfo, representation: Element, seconds: number | undefined): References {
  const once = [
    ...sourcesOf(info, "Initialization"),
    ...sourcesOf(info, "RepresentationIndex"),
    ...sourcesOf(info, "BitstreamSwitching"),
  ];
  if (info.kind === "SegmentTemplate") return ofTemplate(info, representation, seconds, once);
  const listed = info.kind === "SegmentList" ? info.children("SegmentURL").flatMap(ofSegmentUrl) : [""];
  // Byte ranges of one file are one.
  const all = [...new Set([...once, ...listed])];
  return { count: BigInt(all.length), named: BigInt(once.length + listed.length), all: () => all };
}

/** One without an address is a part of the file at the base. */
function sourcesOf(info: SegmentInfo, name: string): readonly string[] {
  return info.children(name).map(({ attributes }) => attributes["sourceURL"] ?? "");
}

function ofSegmentUrl({ attributes: { media = "", index } }: Element): readonly string[] {
  return index === undefined ? [media] : [media, index];
}

function ofTemplate(
  info: SegmentInfo,
  representation: Element,
  seconds: number | undefined,
  once: readonly string[],
): References {
  const templateOf = (name: string) => {
    const text = info.attribute(name);
    return text === undefined ? undefined : checked(text, representation);
  };
  const media = templateOf("media");
  if (media === undefined) throw new DocumentError("has a SegmentTemplate without media");
  const heads = ["initialization", "bitstreamSwitching"].flatMap((it) => templateOf(it)?.(0n, 0n) ?? []);
  const each = [media, ...[templateOf("index")].filter((it) => it !== undefined)];
  const runs = runsOf(info, seconds);
  const segments = runs.reduce((sum, { count }) => sum + count, 0n);
  const first = [...once, ...heads];
  const count = BigInt(first.length) + segments * BigInt(each.length);
  return {
    count,
    named: count,
    all: () => laidOut(first, each, runs),
  };
}

function checked(text: string, representation: Element): Template {
  // Where no template asks for it, it does no harm.
  const bandwidth = text.includes("$Bandwidth") ? integerIn(representation, "bandwidth", 0n) : undefined;
  const filling = { id: representation.attributes["id"], bandwidth: bandwidth?.toString() };
  const made = template(text, filling, MAX_URL_LENGTH);
  if (made === undefined)
    throw new DocumentError("has a template that is too long, or has an identifier that is not known, closed or given");
  return made;
}

function* laidOut(first: readonly string[], each: readonly Template[], runs: readonly Run[]) {
  yield* first;
  for (const { number, time, duration, count } of runs) {
    for (let i = 0n; i < count; i++) for (const made of each) yield made(number + i, time + i * duration);
  }
}

/** @throws DocumentError */
function runsOf(info: SegmentInfo, seconds: number | undefined): readonly Run[] {
  const timescale = info.integer("timescale", 1n) ?? 1n;
  const ticks = seconds === undefined ? undefined : seconds * Number(timescale);
  const [timeline] = info.children("SegmentTimeline");
  const runs = timeline === undefined ? ofDuration(info, ticks) : ofTimeline(info, timeline, ticks);
  if (runs === undefined) throw new DocumentError("does not say how many segments it has");
  return runs;
}

function ofTimeline(info: SegmentInfo, timeline: Element, ticks: number | undefined): readonly Run[] | undefined {
  const offset = info.integer("presentationTimeOffset") ?? 0n;
  const end = ticks === undefined ? undefined : (from: bigint) => Number(offset - from) + ticks;
  return timelineRuns(childrenOf(timeline, "S").map(entryOf), startNumberOf(info), end);
}

/** @throws DocumentError */
function entryOf(entry: Element): TimelineEntry {
  const { k, p } = entry.attributes;
  if (p !== undefined) throw new DocumentError("has S@p, a pattern, which is not followed");
  if (k !== undefined && integerIn(entry, "k", 1n) !== 1n)
    throw new DocumentError("has S@k of more than 1, a sequence of segments, which is not followed");
  return {
    n: integerIn(entry, "n", 0n),
    t: integerIn(entry, "t"),
    d: integerIn(entry, "d", 0n),
    r: integerIn(entry, "r"),
  };
}

function startNumberOf(info: SegmentInfo): bigint {
  return info.integer("startNumber", 0n) ?? 1n;
}

/** Without a duration, it is one segment. */
function ofDuration(info: SegmentInfo, ticks: number | undefined): readonly Run[] | undefined {
  const duration = info.integer("duration", 0n);
  const start = startNumberOf(info);
  const last = info.integer("endNumber", 0n);
  if (duration === undefined && last === undefined) return [{ number: start, time: 0n, duration: 0n, count: 1n }];
  const numbered = last === undefined ? undefined : last - start + 1n;
  const lasting = duration === undefined ? undefined : countIn(ticks, duration);
  const [count = undefined] = [numbered, lasting].filter((it) => it !== undefined).sort((a, b) => (a < b ? -1 : 1));
  return count === undefined || count < 0n ? undefined : [{ number: start, time: 0n, duration: duration ?? 0n, count }];
}

const KINDS = ["SegmentTemplate", "SegmentList", "SegmentBase"] as const;

/**
 * How the segments of a representation are named. The innermost of the three elements says which way; what it does not
 * say is taken from those of the same name around it (ISO/IEC 23009-1, 5.3.9.1).
 */
export class SegmentInfo {
  /** undefined: the representation is one file. */
  readonly kind: (typeof KINDS)[number] | undefined;
  /** The innermost first. */
  private readonly elements: readonly Element[];

  /** @param levels period, adaptation set, representation */
  constructor(levels: readonly Element[]) {
    const inward = levels.toReversed();
    const kindAt = (level: Element) => KINDS.find((kind) => childrenOf(level, kind).length > 0);
    this.kind = inward.map(kindAt).find((it) => it !== undefined);
    const { kind } = this;
    this.elements = kind === undefined ? [] : inward.flatMap((level) => childrenOf(level, kind).slice(0, 1));
  }

  attribute(name: string): string | undefined {
    return this.elements.map(({ attributes }) => attributes[name]).find((it) => it !== undefined);
  }

  /** An attribute that is an integer; undefined: there is none. @throws DocumentError */
  integer(name: string, least?: bigint): bigint | undefined {
    const element = this.elements.find(({ attributes }) => attributes[name] !== undefined);
    return element === undefined ? undefined : integerIn(element, name, least);
  }

  /** Those of the innermost element that has any. */
  children(name: string): readonly Element[] {
    return this.elements.map((it) => childrenOf(it, name)).find((it) => it.length > 0) ?? [];
  }
}

/** What a template is filled with once for a representation. */
export interface Filling {
  readonly id: string | undefined;
  readonly bandwidth: string | undefined;
}
/** A URL for the number and the time of a segment. */
export type Template = (number: bigint, time: bigint) => string;

const IDENTIFIER = /^(RepresentationID|Number|Bandwidth|Time)(?:%0(\d{1,2})d)?$/;
/** 20 identifiers and what is between them: each representation keeps a template of its own. */
const MAX_PIECES = 41;

/**
 * Reads a template of DASH: `$RepresentationID$/$Number%05d$.m4s` (ISO/IEC 23009-1, 5.3.9.4.4).
 * @param most characters of it, and once it is filled but for numbers: an empty id would make any number of them none
 * @returns undefined: an identifier is not known, not closed or not given, or the text is too long
 */
export function template(text: string, { id, bandwidth }: Filling, most: number): Template | undefined {
  if (text.length > most) return undefined;
  const pieces = text.split("$");
  if (pieces.length % 2 === 0 || pieces.length > MAX_PIECES) return undefined;
  const parts: (string | { readonly of: "number" | "time"; readonly width: number })[] = [];
  for (const [i, piece] of pieces.entries()) {
    const [, name, digits = "1"] = i % 2 === 0 ? [] : (IDENTIFIER.exec(piece) ?? []);
    const width = Number(digits);
    if (i % 2 === 0) parts.push(piece);
    else if (piece === "") parts.push("$");
    else if (name === "RepresentationID" && id !== undefined) parts.push(id);
    else if (name === "Bandwidth" && bandwidth !== undefined) parts.push(bandwidth.padStart(width, "0"));
    else if (name === "Number") parts.push({ of: "number", width });
    else if (name === "Time") parts.push({ of: "time", width });
    else return undefined;
  }
  if (parts.reduce((sum, it) => sum + (typeof it === "string" ? it.length : it.width), 0) > most) return undefined;
  return (number, time) =>
    parts.map((it) => (typeof it === "string" ? it : padded(it.of === "number" ? number : time, it.width))).join("");
}

/** As C's `printf` writes it: the sign counts to the width, and comes first. */
function padded(value: bigint, width: number): string {
  return value < 0n ? `-${String(-value).padStart(width - 1, "0")}` : String(value).padStart(width, "0");
}

/** Segments in a row of the same length. */
export interface Run {
  /** `$Number$` of the first one. */
  readonly number: bigint;
  /** Of the first one, in ticks. */
  readonly time: bigint;
  /** Of each, in ticks. */
  readonly duration: bigint;
  readonly count: bigint;
}

/** An `S` of a timeline, as it is written. */
export interface TimelineEntry {
  /** Number of its first segment. @default one more than the last of the entry before */
  readonly n?: bigint | undefined;
  readonly t?: bigint | undefined;
  readonly d?: bigint | undefined;
  /** Repeats after the first. Negative: up to the next entry, or the end of the period. */
  readonly r?: bigint | undefined;
}

/** A period's rounded end shall not make one segment more. */
const ROUNDING = 1e-6;

/**
 * The runs of a timeline, counted but not laid out: one `S` may stand for millions of segments.
 * @param startNumber of the first segment, if the first entry does not say
 * @param end of the period in ticks, on the timeline, from a time on; undefined: nobody says
 * @returns undefined: it cannot be worked out
 */
export function timelineRuns(
  entries: readonly TimelineEntry[],
  startNumber: bigint,
  end: ((from: bigint) => number) | undefined,
): readonly Run[] | undefined {
  const runs: Run[] = [];
  let now = 0n;
  let nextNumber = startNumber;
  for (const [i, { n, t, d, r = 0n }] of entries.entries()) {
    const time = t ?? now;
    if (d === undefined || d <= 0n) return undefined;
    const next = entries[i + 1]?.t;
    const ticks = next === undefined ? end?.(time) : Number(next - time);
    const count = r >= 0n ? r + 1n : countIn(ticks, d);
    // Else a short document could have many entries that cost time and stand for nothing.
    if (count === undefined || count < 1n) return undefined;
    const number = n ?? nextNumber;
    runs.push({ number, time, duration: d, count });
    nextNumber = number + count;
    now = time + d * count;
  }
  return runs;
}

/** How many segments of a length it takes to fill some ticks. */
export function countIn(ticks: number | undefined, duration: bigint): bigint | undefined {
  if (ticks === undefined || duration <= 0n) return undefined;
  const count = Math.ceil(ticks / Number(duration) - ROUNDING);
  return Number.isFinite(count) && count >= 0 ? BigInt(count) : undefined;
}

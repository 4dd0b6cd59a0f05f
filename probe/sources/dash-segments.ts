import { MAX_URL_LENGTH } from "../../domain/request/limits.ts";
import { type Filling, type Template, template } from "../../domain/sources/dash-template.ts";
import { countIn, type Run, type TimelineEntry, timelineRuns } from "../../domain/sources/dash-timeline.ts";
import { DocumentError } from "./document-error.ts";
import { childrenOf, type Element } from "./mpd.ts";

/** References of a representation: how many, at most, and then which. An empty one is the base itself. */
export interface References {
  readonly count: bigint;
  /** The same with those that are named again: what it costs to look at them. */
  readonly named: bigint;
  readonly all: () => Iterable<string>;
}

/** @param seconds of the period @throws DocumentError */
export function referencesOf(info: SegmentInfo, filling: Filling, seconds: number | undefined): References {
  const once = [
    ...sourcesOf(info, "Initialization"),
    ...sourcesOf(info, "RepresentationIndex"),
    ...sourcesOf(info, "BitstreamSwitching"),
  ];
  if (info.kind === "SegmentTemplate") return ofTemplate(info, filling, seconds, once);
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
  filling: Filling,
  seconds: number | undefined,
  once: readonly string[],
): References {
  const templateOf = (name: string) => {
    const text = info.attribute(name);
    return text === undefined ? undefined : checked(text, filling);
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
    ...{ count, named: count },
    all: () => laidOut(first, each, runs, info.whole("startNumber") ?? 1n),
  };
}

function checked(text: string, filling: Filling): Template {
  const made = template(text, filling, MAX_URL_LENGTH);
  if (made === undefined)
    throw new DocumentError("has a template that is too long, or has an identifier that is not known, closed or given");
  return made;
}

function* laidOut(first: readonly string[], each: readonly Template[], runs: readonly Run[], startNumber: bigint) {
  yield* first;
  let number = startNumber;
  for (const { time, duration, count } of runs) {
    for (let i = 0n; i < count; i++, number++) for (const made of each) yield made(number, time + i * duration);
  }
}

/** @throws DocumentError */
function runsOf(info: SegmentInfo, seconds: number | undefined): readonly Run[] {
  const timescale = info.whole("timescale") ?? 1n;
  const ticks = seconds === undefined ? undefined : seconds * Number(timescale);
  const [timeline] = info.children("SegmentTimeline");
  const runs = timeline === undefined ? ofDuration(info, ticks) : ofTimeline(info, timeline, ticks);
  if (runs === undefined) throw new DocumentError("does not say how many segments it has");
  return runs;
}

function ofTimeline(info: SegmentInfo, timeline: Element, ticks: number | undefined): readonly Run[] | undefined {
  const offset = info.whole("presentationTimeOffset") ?? 0n;
  const end = ticks === undefined ? undefined : (from: bigint) => Number(offset - from) + ticks;
  return timelineRuns(timeline.children.map(entryOf), end);
}

function entryOf({ attributes: { t, d, r } }: Element): TimelineEntry {
  const isNegative = r?.trim().startsWith("-") === true;
  return { t: wholeOf(t), d: wholeOf(d), r: isNegative ? -1n : wholeOf(r) };
}

/** Without a duration, it is one segment. */
function ofDuration(info: SegmentInfo, ticks: number | undefined): readonly Run[] | undefined {
  const duration = info.whole("duration");
  const start = info.whole("startNumber") ?? 1n;
  const last = info.whole("endNumber");
  if (duration === undefined && last === undefined) return [{ time: 0n, duration: 0n, count: 1n }];
  const numbered = last === undefined ? undefined : last - start + 1n;
  const lasting = duration === undefined ? undefined : countIn(ticks, duration);
  const [count = undefined] = [numbered, lasting].filter((it) => it !== undefined).sort((a, b) => (a < b ? -1 : 1));
  return count === undefined || count < 0n ? undefined : [{ time: 0n, duration: duration ?? 0n, count }];
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

  /** A whole number that is not negative; undefined: there is none. */
  whole(name: string): bigint | undefined {
    return wholeOf(this.attribute(name));
  }

  /** Those of the innermost element that has any. */
  children(name: string): readonly Element[] {
    return this.elements.map((it) => childrenOf(it, name)).find((it) => it.length > 0) ?? [];
  }
}

/** @returns undefined: it is none, or there is none */
function wholeOf(text: string | undefined): bigint | undefined {
  return text !== undefined && /^\s*\d{1,20}\s*$/.test(text) ? BigInt(text) : undefined;
}

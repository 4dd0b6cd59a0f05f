import { MAX_URL_LENGTH } from "../../domain/request/limits.ts";
import { type Template, template } from "../../domain/sources/dash-template.ts";
import { countIn, type Run, type TimelineEntry, timelineRuns } from "../../domain/sources/dash-timeline.ts";
import { DocumentError } from "./document-error.ts";
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
    ...{ count, named: count },
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

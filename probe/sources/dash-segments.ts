import { MAX_URL_LENGTH } from "../../domain/limits.ts";
import { DocumentError } from "./document.ts";
import { childrenOf, type Element, integerIn } from "./mpd.ts";

/** References of a representation: a short manifest can stand for millions, which are counted without being generated. */
export interface References {
  /** At most so many are distinct. */
  readonly count: bigint;
  /** With those that are repeated, as by byte ranges of one file. */
  readonly total: bigint;
  /** An empty one is the base URL itself. */
  readonly all: () => Iterable<string>;
}

/**
 * @param around of the adaptation set of the representation
 * @param seconds of the period; undefined: unknown
 * @throws DocumentError
 */
export function referencesOf(representation: Element, around: SegmentInfo, seconds: number | undefined): References {
  const info = segmentInfoOf(representation, around).at(-1);
  if (info === undefined) return listed([""]);
  const once = ["Initialization", "RepresentationIndex", "BitstreamSwitching"].flatMap((name) =>
    childrenOf(info, name).map(({ attributes }) => attributes["sourceURL"] ?? ""),
  );
  if (info.name === "SegmentTemplate") return ofTemplate(info, representation, seconds, once);
  return listed([
    ...once,
    ...(info.name === "SegmentList" ? childrenOf(info, "SegmentURL").flatMap(ofSegmentUrl) : [""]),
  ]);
}

/** References that stand in a manifest one by one. */
export function listed(references: readonly string[]): References {
  const all = new Set(references);
  return { count: BigInt(all.size), total: BigInt(references.length), all: () => all };
}

function ofSegmentUrl({ attributes: { media = "", index } }: Element): readonly string[] {
  return index === undefined ? [media] : [media, index];
}

function ofTemplate(
  info: Element,
  representation: Element,
  seconds: number | undefined,
  once: readonly string[],
): References {
  const templatesOf = (...names: readonly string[]) =>
    names.flatMap((name) => {
      const text = info.attributes[name];
      return text === undefined ? [] : readTemplate(text, representation);
    });
  if (info.attributes["media"] === undefined) throw new DocumentError("has a SegmentTemplate without media");
  const media = templatesOf("media", "index");
  const first = [...once, ...templatesOf("initialization", "bitstreamSwitching").map((template) => template(0n, 0n))];
  const runs = runsOf(info, seconds);
  const segments = runs.reduce((sum, { count }) => sum + count, 0n);
  const count = BigInt(first.length) + segments * BigInt(media.length);
  return {
    count,
    total: count,
    *all() {
      yield* first;
      for (const { number, time, duration, count } of runs) {
        for (let n = 0n; n < count; n++) for (const template of media) yield template(number + n, time + n * duration);
      }
    },
  };
}

/** A URL for the number and the time of a segment. */
type Template = (number: bigint, time: bigint) => string;

const IDENTIFIER = /\$(?:(RepresentationID|Number|Bandwidth|Time)(?:%0(\d{1,2})d)?)?\$/g;
const MAX_IDENTIFIERS = 20;

/** Reads a template of DASH: `$RepresentationID$/$Number%05d$.m4s` (ISO/IEC 23009-1, 5.3.9.4.4). @throws DocumentError */
function readTemplate(text: string, representation: Element): Template {
  const problem = new DocumentError(
    "has a template that is too long, or has an identifier that is not known, closed or given",
  );
  const identifiers = (text.split("$").length - 1) / 2;
  if (text.length > MAX_URL_LENGTH || identifiers > MAX_IDENTIFIERS || text.replaceAll(IDENTIFIER, "").includes("$"))
    throw problem;
  const { id } = representation.attributes;
  // An invalid bandwidth matters only if a template contains it.
  const bandwidth = text.includes("$Bandwidth") ? integerIn(representation, "bandwidth", 0n) : undefined;
  const template: Template = (number, time) => {
    const values = new Map([
      ["Number", number],
      ["Time", time],
      ["Bandwidth", bandwidth],
    ]);
    return text.replaceAll(IDENTIFIER, (_, name: string | undefined, width = "1") => {
      if (name === undefined) return "$";
      const value = name === "RepresentationID" ? id : values.get(name);
      if (value === undefined) throw problem;
      return typeof value === "string" ? value : padded(value, Number(width));
    });
  };
  if (template(0n, 0n).length > MAX_URL_LENGTH) throw problem;
  return template;
}

/** Pads as C's `printf` does: the sign is part of the width. */
function padded(value: bigint, width: number): string {
  return value < 0n ? `-${String(-value).padStart(width - 1, "0")}` : String(value).padStart(width, "0");
}

/** Segments in a row, each as long. */
interface Run {
  /** `$Number$` of the first one. */
  readonly number: bigint;
  /** `$Time$` of the first one. */
  readonly time: bigint;
  readonly duration: bigint;
  readonly count: bigint;
}

/** @throws DocumentError */
function runsOf(info: Element, seconds: number | undefined): readonly Run[] {
  const timescale = integerIn(info, "timescale", 1n) ?? 1n;
  const ticks = (seconds ?? Number.NaN) * Number(timescale);
  let number = integerIn(info, "startNumber", 0n) ?? 1n;
  const [timeline] = childrenOf(info, "SegmentTimeline");
  if (timeline === undefined) return [runOf(info, number, ticks)];
  const offset = integerIn(info, "presentationTimeOffset") ?? 0n;
  const entries = childrenOf(timeline, "S");
  let time = 0n;
  return entries.map((entry, i) => {
    const { k, p } = entry.attributes;
    if (p !== undefined) throw new DocumentError("has S@p, a pattern, which is not followed");
    if (k !== undefined && integerIn(entry, "k", 1n) !== 1n)
      throw new DocumentError("has S@k of more than 1, a sequence of segments, which is not followed");
    number = integerIn(entry, "n", 0n) ?? number;
    time = integerIn(entry, "t") ?? time;
    const duration = integerIn(entry, "d", 0n) ?? 0n;
    // A negative value repeats until the next entry or the end of the period.
    const repeats = integerIn(entry, "r") ?? 0n;
    const next = entries[i + 1];
    const end = next === undefined ? undefined : integerIn(next, "t");
    const left = end === undefined ? ticks + Number(offset - time) : Number(end - time);
    const count = repeats < 0n ? segmentCount(left, duration) : repeats + 1n;
    // A short document could otherwise contain many entries that take time and have no segments.
    if (duration === 0n || count === undefined || count === 0n) throw new DocumentError(UNKNOWN_SEGMENT_COUNT);
    const run = { number, time, duration, count };
    number += count;
    time += count * duration;
    return run;
  });
}

const UNKNOWN_SEGMENT_COUNT = "does not say how many segments it has";

/** Without a duration and an end number, there is one segment. */
function runOf(info: Element, number: bigint, ticks: number): Run {
  const duration = integerIn(info, "duration", 0n);
  const last = integerIn(info, "endNumber", 0n);
  if (duration === undefined && last === undefined) return { number, time: 0n, duration: 0n, count: 1n };
  const numbered = last === undefined ? undefined : last - number + 1n;
  const lasting = segmentCount(ticks, duration ?? 0n);
  const count = lasting === undefined || (numbered !== undefined && numbered < lasting) ? numbered : lasting;
  if (count === undefined || count < 0n) throw new DocumentError(UNKNOWN_SEGMENT_COUNT);
  return { number, time: 0n, duration: duration ?? 0n, count };
}

/** Rounding of a period's end must not add a segment. */
const ROUNDING = 1e-6;

/** Number of segments of a duration that fill some ticks (NaN: unknown); undefined: it cannot be computed. */
function segmentCount(ticks: number, duration: bigint): bigint | undefined {
  const count = Math.ceil(ticks / Number(duration) - ROUNDING);
  return Number.isFinite(count) && count >= 0 ? BigInt(count) : undefined;
}

const KINDS = ["SegmentBase", "SegmentList", "SegmentTemplate"] as const;
/** Attributes that are inherited. All others are not read: a short manifest could otherwise copy many for each representation. */
const INHERITED = [
  ...["media", "index", "initialization", "bitstreamSwitching"],
  ...["timescale", "duration", "startNumber", "endNumber", "presentationTimeOffset"],
];

/**
 * Elements that name the segments of a level (period, adaptation set, representation): at most one of each kind. The last one applies.
 * None: a representation is one file.
 */
type SegmentInfo = readonly Element[];

/**
 * The segment information of a level. What an element does not state is inherited from the element of the same name around it (ISO/IEC
 * 23009-1, 5.3.9.1).
 * @param around of the next outer level, which is merged once for all elements in it
 */
export function segmentInfoOf(level: Element, around: SegmentInfo): SegmentInfo {
  const own = KINDS.flatMap((kind) => childrenOf(level, kind).slice(0, 1));
  if (own.length === 0) return around;
  const inherited = (name: string) => around.find((outer) => outer.name === name);
  return [
    ...around.filter((outer) => own.every(({ name }) => name !== outer.name)),
    ...own.map((element) => merged(inherited(element.name), element)),
  ];
}

function merged(outer: Element | undefined, inner: Element): Element {
  if (outer === undefined) return inner;
  const attributes = INHERITED.flatMap((name) => {
    const value = inner.attributes[name] ?? outer.attributes[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    name: inner.name,
    attributes: Object.fromEntries(attributes),
    children: new Map([...outer.children, ...inner.children]),
    text: "",
  };
}

import { MAX_ELEMENTS } from "../../domain/sources/limits.ts";
import { DocumentError } from "./document.ts";
import { readXml } from "./xml.ts";

/** An element of a manifest. */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** By name: a period and each of its 100,000 representations may be asked for the same. */
  readonly children: Map<string, Element[]>;
  text: string;
}

/** Those that say where something is. All others are skipped, with what is in them: events, licences, descriptions. */
const KEPT = new Set([
  ...["MPD", "BaseURL", "Period", "AdaptationSet", "Representation", "ContentSteering"],
  "InitializationSet",
  ...["SegmentTemplate", "SegmentTimeline", "S", "SegmentList", "SegmentURL", "SegmentBase"],
  ...["Initialization", "RepresentationIndex", "BitstreamSwitching"],
]);
/** They change URLs in ways that are not followed. */
const REFUSED = new Set(["UrlQueryInfo", "ExtUrlQueryInfo", "ExtHttpHeaderInfo", "ImportedMPD"]);
const NOT_DASH = "is XML, but not a DASH manifest";
/** Characters of a value in a message. */
const MAX_EXCERPT = 40;
const RESOLVE_TO_ZERO = "urn:mpeg:dash:resolve-to-zero:2013";

/** Reads a manifest of DASH into the elements that matter here. @throws DocumentError */
export async function readMpd(text: AsyncIterable<string>): Promise<Element> {
  const root = newElement("", {});
  /** undefined: it is skipped. */
  const path: (Element | undefined)[] = [root];
  let elements = 0;
  await readXml(text, {
    open: (name, attributes) => {
      if (path.length === 1 && name !== "MPD") throw new DocumentError(NOT_DASH);
      if (REFUSED.has(name)) throw new DocumentError(`has ${name}, which is not followed`);
      const parent = path.at(-1);
      // Durations that repeat in a pattern (ISO/IEC 23009-1:2022, 5.3.9.6): without them, there are no segments.
      if (name === "Pattern" && parent?.name === "SegmentTimeline")
        throw new DocumentError("has Pattern in SegmentTimeline, which is not followed");
      if (parent === undefined || !KEPT.has(name) || isResolvedToZero(attributes)) return void path.push(undefined);
      const element = newElement(name, attributes);
      path.push(element);
      const siblings = parent.children.get(name);
      if (siblings === undefined) parent.children.set(name, [element]);
      else siblings.push(element);
      if (++elements > MAX_ELEMENTS) throw new DocumentError(`has more than ${MAX_ELEMENTS} elements`);
    },
    close: (_, value) => {
      const element = path.pop();
      if (element !== undefined) element.text = value;
    },
  });
  const [mpd] = childrenOf(root, "MPD");
  if (mpd === undefined) throw new DocumentError(NOT_DASH);
  return mpd;
}

function newElement(name: string, attributes: Element["attributes"]): Element {
  return { name, attributes, children: new Map(), text: "" };
}

/** The elements of a name that stand directly in another. */
export function childrenOf(element: Element, name: string): readonly Element[] {
  return element.children.get(name) ?? [];
}

/**
 * An attribute that is an integer; undefined: the element has none of the name.
 * @param least that it may be. @default any
 * @throws DocumentError for another value
 */
export function integerIn(element: Element, name: string, least?: bigint): bigint | undefined {
  const rule = least === undefined ? "an integer" : `an integer of ${least} or more`;
  const isIn = (value: bigint) => least === undefined || value >= least;
  return valueIn(element, name, rule, (text) => {
    const value = integerOf(text);
    return value !== undefined && isIn(value) ? value : undefined;
  });
}

/** The seconds of an attribute that is a duration; undefined: the element has none of the name. @throws DocumentError */
export function secondsIn(element: Element, name: string): number | undefined {
  return valueIn(element, name, "a duration such as PT1H2M3.4S", durationSeconds);
}

/** An unreadable value is an error, never treated as absent: segments would silently be missing. */
function valueIn<T>(
  { name: element, attributes }: Element,
  name: string,
  rule: string,
  parse: (text: string) => T | undefined,
): T | undefined {
  const text = attributes[name];
  if (text === undefined) return undefined;
  const value = parse(text);
  if (value === undefined) throw new DocumentError(`has ${element}@${name}="${excerpt(text)}"; it must be ${rule}`);
  return value;
}

/** As a message quotes it: a value may have any length, and any character. */
function excerpt(text: string): string {
  const start = text.slice(0, MAX_EXCERPT).replaceAll(/[^ -~]/g, "?");
  return text.length > MAX_EXCERPT ? `${start}…` : start;
}

/** Any prefix of `href` counts as XLink: no element that is kept has another one. @throws DocumentError for a remote element */
function isResolvedToZero(attributes: Element["attributes"]): boolean {
  const href = Object.entries(attributes).find(([name]) => name.endsWith(":href"))?.[1];
  if (href === undefined || href === RESOLVE_TO_ZERO) return href === RESOLVE_TO_ZERO;
  throw new DocumentError("has a remote element (xlink:href), which is not supported");
}

const DURATION =
  /^P(?=\d|T\d)(?:(\d{1,9})Y)?(?:(\d{1,9})M)?(?:(\d{1,9})D)?(?:T(?=\d)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,12}(?:\.\d{0,40})?)S)?)?$/;
/** Of a year, a month, a day, an hour, a minute and a second. The first two are as players take them. */
const SECONDS = [31_536_000, 2_592_000, 86_400, 3_600, 60, 1];

/** Seconds of a duration of XML Schema, `PT1H2M3.4S`; undefined: it is none. */
export function durationSeconds(text: string): number | undefined {
  const parts = DURATION.exec(text.trim());
  return parts === null ? undefined : SECONDS.reduce((sum, seconds, i) => sum + seconds * Number(parts[i + 1] ?? 0), 0);
}

const NUMBER = /^([+-]?)(\d{1,40})(?:\.(\d{0,40}))?(?:[eE]([+-]?\d{1,2}))?$/;
/** The largest type of a manifest is `xs:unsignedLong`. */
const UINT64_LIMIT = 2n ** 64n;

/**
 * A number that is an integer, however it is written: packagers also write `2000000.0` and `2E6`.
 * @returns undefined: it is none, or does not fit into 64 bits
 */
export function integerOf(text: string): bigint | undefined {
  const [, sign, whole, fraction = "", exponent = "0"] = NUMBER.exec(text.trim()) ?? [];
  if (whole === undefined) return undefined;
  const digits = BigInt(whole + fraction);
  const shift = Number(exponent) - fraction.length;
  const scale = 10n ** BigInt(Math.abs(shift));
  if (shift < 0 && digits % scale !== 0n) return undefined;
  const value = shift < 0 ? digits / scale : digits * scale;
  if (value >= UINT64_LIMIT) return undefined;
  return sign === "-" ? -value : value;
}

import { MAX_ELEMENTS } from "../../domain/sources/limits.ts";
import { DocumentError } from "./document-error.ts";
import { readXml } from "./xml.ts";

/** An element of a manifest, with those in it. */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
  text: string;
}

/** Those that say where something is. All others are skipped, with what is in them: events, licences, descriptions. */
const KEPT = new Set([
  ...["MPD", "BaseURL", "Period", "AdaptationSet", "Representation", "ContentSteering"],
  ...["SegmentTemplate", "SegmentTimeline", "S", "SegmentList", "SegmentURL", "SegmentBase"],
  ...["Initialization", "RepresentationIndex", "BitstreamSwitching"],
]);
/** They change URLs in ways that are not followed. */
const REFUSED = new Set(["UrlQueryInfo", "ExtUrlQueryInfo", "ExtHttpHeaderInfo", "ImportedMPD"]);
const NOTHING = "urn:mpeg:dash:resolve-to-zero:2013";

/** Reads a manifest of DASH into the elements that matter here. @throws DocumentError */
export async function readMpd(text: AsyncIterable<string>): Promise<Element> {
  const root: Element = { name: "", attributes: {}, children: [], text: "" };
  /** undefined: it is skipped. */
  const path: (Element | undefined)[] = [root];
  let elements = 0;
  await readXml(text, {
    open: (name, attributes) => {
      if (path.length === 1 && name !== "MPD") throw new DocumentError("is XML, but no DASH manifest");
      if (REFUSED.has(name)) throw new DocumentError(`has ${name}, which is not followed`);
      const parent = path.at(-1);
      const isKept = parent !== undefined && KEPT.has(name) && !isNothing(attributes);
      const element = isKept ? { name, attributes, children: [], text: "" } : undefined;
      path.push(element);
      if (element === undefined) return;
      parent?.children.push(element);
      if (++elements > MAX_ELEMENTS) throw new DocumentError(`has more than ${MAX_ELEMENTS} elements`);
    },
    close: (_, value) => {
      const element = path.pop();
      if (element !== undefined) element.text = value;
    },
  });
  const [mpd] = root.children;
  if (mpd === undefined) throw new DocumentError("is XML, but no DASH manifest");
  return mpd;
}

/** The elements of a name that stand directly in another. */
export function childrenOf(element: Element, name: string): readonly Element[] {
  return element.children.filter((it) => it.name === name);
}

/** @throws DocumentError for an element that stands elsewhere */
function isNothing(attributes: Readonly<Record<string, string>>): boolean {
  const href = attributes["xlink:href"];
  if (href === undefined || href === NOTHING) return href === NOTHING;
  throw new DocumentError("has an element that stands elsewhere (xlink:href), which is not followed");
}

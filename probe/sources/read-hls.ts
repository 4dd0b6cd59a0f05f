import { MAX_URL_LENGTH } from "../../domain/limits.ts";
import type { LeftOut } from "../../domain/request/source.ts";
import { type DocumentContext, DocumentError, type ExtractedUrls, type Reader } from "./document.ts";
import { linesOf } from "./document-stream.ts";

/** How a player uses the URL in a tag: it reads a playlist or loads a file; or why the URL is left out. */
type HlsUse = "playlist" | "file" | LeftOut;

/** Tags with a URL: the attribute that contains it, and its use. */
const TAGS: Readonly<Record<string, Readonly<Record<string, HlsUse>>>> = {
  // Alternate audio, subtitles and camera angles.
  "EXT-X-MEDIA": { URI: "playlist" },
  // Players request these for seeking. They mostly reference byte ranges of the segments.
  "EXT-X-I-FRAME-STREAM-INF": { URI: "playlist" },
  // Thumbnails: https://github.com/image-media-playlist/spec
  "EXT-X-IMAGE-STREAM-INF": { URI: "playlist" },
  "EXT-X-MAP": { URI: "file" },
  "EXT-X-KEY": { URI: "file" },
  "EXT-X-SESSION-KEY": { URI: "file" },
  "EXT-X-SESSION-DATA": { URI: "file" },
  "EXT-X-PART": { URI: "live_only" },
  "EXT-X-PRELOAD-HINT": { URI: "live_only" },
  "EXT-X-RENDITION-REPORT": { URI: "live_only" },
  "EXT-X-CONTENT-STEERING": { "SERVER-URI": "per_viewer" },
  "EXT-X-DATERANGE": { "X-ASSET-URI": "per_viewer", "X-ASSET-LIST": "per_viewer" },
};

const NOT_HLS = "is not an HLS playlist";

/**
 * A playlist of HLS: https://datatracker.ietf.org/doc/html/rfc8216. Read line by line instead of by a player's parser,
 * because parsers keep only what their player uses.
 */
export const readHls: Reader = async (text, context, extracted) => {
  const playlist = new Playlist(context, extracted);
  for await (const lines of linesOf(text)) for (const line of lines) playlist.take(line.trim());
  playlist.end();
};

class Playlist {
  private readonly variables: HlsVariables;
  private begun = false;
  /** A multivariant playlist has no segments, and no end. */
  private segments = false;
  private ended = false;
  /** Type EVENT: segments are only appended. */
  private event = false;
  /** The next URL is a playlist. */
  private variant = false;
  /** The next URL is a missing segment. */
  private gap = false;

  constructor(
    private readonly context: DocumentContext,
    private readonly extracted: ExtractedUrls,
  ) {
    this.variables = new HlsVariables(context);
  }

  take(line: string): void {
    if (line === "") return;
    if (!this.begun && !line.startsWith("#EXTM3U")) throw new DocumentError(NOT_HLS);
    this.begun = true;
    if (line.startsWith("#EXT")) this.tag(line);
    else if (!line.startsWith("#")) this.url(line);
  }

  /** @throws DocumentError */
  end(): void {
    if (!this.begun) throw new DocumentError(NOT_HLS);
    if (this.segments && !this.ended)
      throw new DocumentError(
        this.event
          ? "is an EVENT playlist without EXT-X-ENDLIST, which may still grow; send it when the event is over"
          : "is a live playlist (it has no EXT-X-ENDLIST): its segments expire before they are warm",
      );
    // A playlist can be referenced before the variables that it imports are defined.
    for (const named of this.extracted.documents) named.variables = this.variables.all;
  }

  private tag(line: string): void {
    const [, name = "", rest = ""] = /^#([^:]*):?(.*)$/s.exec(line) ?? [];
    if (name === "EXTINF" || name === "EXT-X-TARGETDURATION") this.segments = true;
    else if (name === "EXT-X-STREAM-INF") this.variant = true;
    else if (name === "EXT-X-ENDLIST") this.ended = true;
    else if (name === "EXT-X-GAP") this.gap = true;
    else if (name === "EXT-X-PLAYLIST-TYPE") {
      this.ended ||= rest.trim() === "VOD";
      this.event = rest.trim() === "EVENT";
    } else if (name === "EXT-X-SKIP")
      throw new DocumentError(
        "is a delta update (EXT-X-SKIP), which leaves out segments; give the address of the full playlist",
      );
    else if (name === "EXT-X-DEFINE") this.variables.define(hlsAttributes(rest));
    else this.urlsOf(name, rest);
  }

  private urlsOf(name: string, rest: string): void {
    const uses = TAGS[name];
    if (uses === undefined) {
      if (/(?:^|[,\s])[A-Z-]{0,30}URI="/.test(rest)) this.extracted.leaveOut("unknown_tag");
      return;
    }
    const attributes = hlsAttributes(rest);
    for (const [attribute, use] of Object.entries(uses)) {
      const reference = attributes.get(attribute);
      if (reference !== undefined) this.use(reference, use);
    }
  }

  private url(line: string): void {
    const isPlaylist = this.variant || /\.m3u8?(?:$|\?)/i.test(line);
    const use = isPlaylist ? "playlist" : "file";
    this.use(line, this.gap ? "gap" : use);
    this.variant = false;
    this.gap = false;
  }

  private use(reference: string, use: HlsUse): void {
    const { base } = this.context;
    const filled = this.variables.fill(reference);
    if (use === "playlist") this.extracted.addDocument(filled, base, "hls");
    else if (use === "file") this.extracted.add(filled, base, true);
    else this.extracted.leaveOut(use);
  }
}

/**
 * The attributes of a tag of a playlist, `NAME=value,NAME="value"`, without their quotes:
 * https://datatracker.ietf.org/doc/html/rfc8216#section-4.2
 * Not a regular expression, whose time would grow with the square of the line's length.
 * @throws DocumentError
 */
export function hlsAttributes(text: string): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>();
  for (let at = 0; at < text.length; ) {
    const equals = text.indexOf("=", at);
    if (equals === -1) break;
    const isQuoted = text[equals + 1] === '"';
    const from = isQuoted ? equals + 2 : equals + 1;
    const end = text.indexOf(isQuoted ? '"' : ",", from);
    if (end === -1 && isQuoted) throw new DocumentError("has a tag in which a quote is not closed");
    const to = end === -1 ? text.length : end;
    attributes.set(text.slice(at, equals).trim(), text.slice(from, to));
    const comma = text.indexOf(",", to);
    at = comma === -1 ? text.length : comma + 1;
  }
  return attributes;
}

const MAX_VARIABLES = 100;
/** Of all names and values: each referenced playlist keeps a copy, and there may be hundreds. */
const MAX_CHARACTERS = 20_000;

/** Variables of a playlist (EXT-X-DEFINE): https://datatracker.ietf.org/doc/html/draft-pantos-hls-rfc8216bis#section-4.4.2.3 */
class HlsVariables {
  private readonly values = new Map<string, string>();
  private characters = 0;

  constructor(private readonly context: DocumentContext) {}

  /** @param attributes of an EXT-X-DEFINE @throws DocumentError for one that players reject */
  define(attributes: ReadonlyMap<string, string>): void {
    const how = ["NAME", "IMPORT", "QUERYPARAM"].find((it) => attributes.has(it)) ?? "";
    const name = attributes.get(how) ?? "";
    const value = this.valueOf(how, name, attributes.get("VALUE"));
    if (value === undefined || this.values.has(name))
      throw new DocumentError("has an EXT-X-DEFINE that gives no value, or one twice");
    this.values.set(name, value);
    this.characters += name.length + value.length;
    if (this.characters > MAX_CHARACTERS)
      throw new DocumentError(`has variables of more than ${MAX_CHARACTERS} characters`);
    if (this.values.size > MAX_VARIABLES) throw new DocumentError(`has more than ${MAX_VARIABLES} variables`);
  }

  /** Substitutes `{$name}`. @throws DocumentError if a variable is undefined or the text is too long */
  fill(text: string): string {
    let length = 0;
    return text.replaceAll(/\{\$([a-zA-Z0-9_-]{1,200})\}/g, (_, name: string) => {
      const value = this.values.get(name);
      if (value === undefined) throw new DocumentError("names a variable that it does not define");
      length += value.length;
      if (length > MAX_URL_LENGTH)
        throw new DocumentError(`has variables that expand to more than ${MAX_URL_LENGTH} characters`);
      return value;
    });
  }

  /** Variables that referenced playlists can import; undefined: none. */
  get all(): Readonly<Record<string, string>> | undefined {
    return this.values.size === 0 ? undefined : Object.fromEntries(this.values);
  }

  private valueOf(how: string, name: string, given: string | undefined): string | undefined {
    const { base, variables } = this.context;
    if (how === "NAME") return given === undefined ? undefined : this.fill(given).slice(0, MAX_URL_LENGTH);
    if (how === "IMPORT") return Object.hasOwn(variables, name) ? variables[name] : undefined;
    return base === undefined ? undefined : (new URL(base).searchParams.get(name) ?? undefined);
  }
}

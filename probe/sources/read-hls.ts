import { hlsAttributes } from "../../domain/sources/hls-attributes.ts";
import { type HlsUse, hlsUses } from "../../domain/sources/hls-tags.ts";
import { DocumentError } from "./document-error.ts";
import type { Finds } from "./finds.ts";
import { HlsVariables } from "./hls-variables.ts";
import type { Place, Reader } from "./reader.ts";
import { linesOf } from "./text.ts";

/**
 * A playlist of HLS: https://datatracker.ietf.org/doc/html/rfc8216. Read line by line instead of by a player's parser,
 * because parsers keep what their player uses, and drop the rest in silence.
 */
export const readHls: Reader = async (text, place, finds) => {
  const playlist = new Playlist(place, finds);
  for await (const lines of linesOf(text)) for (const line of lines) playlist.take(line.trim());
  playlist.end();
};

class Playlist {
  private readonly variables: HlsVariables;
  private begun = false;
  /** A multivariant playlist has no segments, and no end. */
  private segments = false;
  private ended = false;
  /** Nothing is taken away from it; it may only get longer. */
  private event = false;
  /** The next URL is that of a playlist. */
  private variant = false;
  /** The next URL is of a segment that is not there. */
  private gap = false;

  constructor(
    private readonly place: Place,
    private readonly finds: Finds,
  ) {
    this.variables = new HlsVariables(place.base, place.variables);
  }

  take(line: string): void {
    if (line === "") return;
    if (!this.begun && !line.startsWith("#EXTM3U")) throw new DocumentError("is no HLS playlist");
    this.begun = true;
    if (line.startsWith("#EXT")) this.tag(line);
    else if (!line.startsWith("#")) this.url(line);
  }

  /** @throws DocumentError */
  end(): void {
    if (!this.begun) throw new DocumentError("is no HLS playlist");
    if (this.segments && !this.ended && this.event)
      throw new DocumentError(
        "is an EVENT playlist without EXT-X-ENDLIST, which may still grow; send it when the event is over",
      );
    if (this.segments && !this.ended)
      throw new DocumentError("is a live playlist (it has no EXT-X-ENDLIST): what it names is gone before it is warm");
    // A playlist may be named before the variables that it imports are defined.
    for (const [i, it] of this.finds.documents.entries()) this.finds.documents[i] = { ...it, ...this.variables.all };
  }

  private tag(line: string): void {
    const colon = line.indexOf(":");
    const name = colon === -1 ? line.slice(1) : line.slice(1, colon);
    const rest = colon === -1 ? "" : line.slice(colon + 1);
    if (name === "EXTINF" || name === "EXT-X-TARGETDURATION") this.segments = true;
    else if (name === "EXT-X-STREAM-INF") this.variant = true;
    else if (name === "EXT-X-ENDLIST") this.ended = true;
    else if (name === "EXT-X-GAP") this.gap = true;
    else if (name === "EXT-X-PLAYLIST-TYPE") this.type(rest.trim());
    else if (name === "EXT-X-SKIP")
      throw new DocumentError(
        "is a delta update (EXT-X-SKIP), which leaves out segments; give the address of the full playlist",
      );
    else if (name === "EXT-X-DEFINE") this.variables.define(attributesOf(rest));
    else this.urlsOf(name, rest);
  }

  private type(type: string): void {
    this.ended ||= type === "VOD";
    this.event = type === "EVENT";
  }

  private urlsOf(name: string, rest: string): void {
    const uses = hlsUses(name);
    if (uses === undefined) {
      if (/(?:^|[,\s])[A-Z-]{0,30}URI="/.test(rest)) this.finds.leave("unknown_tag");
      return;
    }
    const attributes = attributesOf(rest);
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
    const { base } = this.place;
    const filled = this.variables.fill(reference);
    if (use === "playlist") this.finds.lead(filled, base, { type: "hls" });
    else if (use === "file") this.finds.add(filled, base, true);
    else this.finds.leave(use);
  }
}

function attributesOf(text: string): ReadonlyMap<string, string> {
  const attributes = hlsAttributes(text);
  if (attributes === undefined) throw new DocumentError("has a tag in which a quote is not closed");
  return attributes;
}

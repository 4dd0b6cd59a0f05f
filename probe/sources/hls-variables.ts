import { MAX_URL_LENGTH } from "../../domain/request/limits.ts";
import { DocumentError } from "./document-error.ts";

const MAX_VARIABLES = 100;

/** Variables of a playlist (EXT-X-DEFINE): https://datatracker.ietf.org/doc/html/draft-pantos-hls-rfc8216bis#section-4.4.2.3 */
export class HlsVariables {
  private readonly values = new Map<string, string>();

  /**
   * @param url of the playlist; undefined: nobody has said
   * @param inherited of the playlist that named it
   */
  constructor(
    private readonly url: string | undefined,
    private readonly inherited: Readonly<Record<string, string>>,
  ) {}

  /** @param attributes of an EXT-X-DEFINE @throws DocumentError for one that players refuse too */
  define(attributes: ReadonlyMap<string, string>): void {
    const [how] = ["NAME", "IMPORT", "QUERYPARAM"].filter((it) => attributes.has(it));
    const name = attributes.get(how ?? "");
    const value = name === undefined ? undefined : this.valueOf(how, name, attributes.get("VALUE"));
    if (name === undefined || value === undefined || this.values.has(name))
      throw new DocumentError("has an EXT-X-DEFINE that gives no value, or one twice");
    this.values.set(name, value);
    if (this.values.size > MAX_VARIABLES) throw new DocumentError(`has more than ${MAX_VARIABLES} variables`);
  }

  /** Puts values in the place of `{$name}`. @throws DocumentError where there is none, or the text gets too long */
  fill(text: string): string {
    if (!text.includes("{$")) return text;
    let length = 0;
    return text.replaceAll(/\{\$([a-zA-Z0-9_-]{1,200})\}/g, (_, name: string) => {
      const value = this.values.get(name);
      if (value === undefined) throw new DocumentError("names a variable that it does not define");
      length += value.length;
      if (length > MAX_URL_LENGTH) throw new DocumentError("has variables that make too long a text");
      return value;
    });
  }

  /** What playlists that this one names may take over. Nothing, where it has none. */
  get all(): { variables?: Readonly<Record<string, string>> } {
    return this.values.size === 0 ? {} : { variables: Object.fromEntries(this.values) };
  }

  private valueOf(how: string | undefined, name: string, given: string | undefined): string | undefined {
    if (how === "NAME") return given === undefined ? undefined : this.fill(given).slice(0, MAX_URL_LENGTH);
    if (how === "IMPORT") return Object.hasOwn(this.inherited, name) ? this.inherited[name] : undefined;
    return this.url === undefined ? undefined : (new URL(this.url).searchParams.get(name) ?? undefined);
  }
}

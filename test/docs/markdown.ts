/** What a Markdown document refers to. Fenced code has no links and no headings. */

const FENCED = /^ *(```|~~~)[\s\S]*?^ *\1[ \t]*$/gm;

/** The document without its fenced code. */
export function prose(text: string) {
  return text.replaceAll(FENCED, "");
}

/** The anchors of a document's headings, as GitHub makes them. */
export function anchors(text: string): Set<string> {
  const found = new Map<string, number>();
  const unique = (slug: string) => {
    const before = found.get(slug) ?? 0;
    found.set(slug, before + 1);
    return before === 0 ? slug : `${slug}-${before}`;
  };
  return new Set([...prose(text).matchAll(/^#{1,6} +(.+?) *$/gm)].map(([, heading = ""]) => unique(slugOf(heading))));
}

function slugOf(heading: string) {
  return heading
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}_ -]/gu, "")
    .replaceAll(" ", "-");
}

/** Targets of links to files and headings of the repository: `adr/README.md`, `#words`, `api.md#errors`. */
export function links(text: string) {
  const inline = [...prose(text).matchAll(/\]\(\s*<?([^)\s>]+)>?[^)]*\)/g)].map(([, target = ""]) => target);
  const references = [...prose(text).matchAll(/^\[[^\]]+\]:\s+<?(\S+?)>?$/gm)].map(([, target = ""]) => target);
  return [...inline, ...references].filter((target) => !/^[a-z][a-z0-9+.-]*:/i.test(target));
}

/** A picture that a document shows. */
interface Shown {
  readonly target: string;
  /** Undefined: another picture stands for it, and has the words. */
  readonly alt?: string;
}

/** Pictures in the order in which they are shown: `![alt](target)`, `<img>`, and what `<picture>` shows instead of it. */
export function pictures(text: string): Shown[] {
  const attribute = (tag: string, name: string) => new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1] ?? "";
  return [...prose(text).matchAll(/!\[([^\]]*)\]\(([^)\s]+)\)|<(img|source)\s[^>]*>/g)].map(
    ([tag, alt = "", target = "", kind]) => {
      if (kind === "source") return { target: attribute(tag, "srcset") };
      return kind === "img" ? { target: attribute(tag, "src"), alt: attribute(tag, "alt") } : { target, alt };
    },
  );
}

/** The scripts that a document tells to run, also in its code, each with the word behind it: empty if that is an option or a placeholder. */
export function scripts(text: string): { readonly name: string; readonly argument: string }[] {
  const found = text.matchAll(/\bnpm run (?:--?[\w-]+ )*([a-z][\w:-]*)(?: (?:-- )?([a-z][\w-]*))?/g);
  return [...found].map(([, name = "", argument = ""]) => ({ name, argument }));
}

/** Paths in backticks that look like the repository's: in one of its folders, or with a folder and the ending of a source. */
export function paths(text: string, folders: readonly string[]) {
  const quoted = [...prose(text).matchAll(/`([^`\s]+)`/g)].map(([, code = ""]) => code);
  return quoted
    .filter((code) => !/[<>*…:]|^\.local\/|^\//.test(code))
    .filter((code) => /\/.*\.(ts|md|sh|json)$/.test(code) || folders.some((folder) => code.startsWith(`${folder}/`)));
}

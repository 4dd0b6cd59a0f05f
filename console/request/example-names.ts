/** So many are named at once. */
const MAX_NAMES = 2;
/** So many characters of each: the end tells more than the beginning. */
const MAX_CHARACTERS = 40;

/** The first different ones of some URLs, each by what is below the folder that all URLs of the request have in common. */
export function firstNames(urls: readonly string[], prefix: string): string[] {
  return [...new Set(urls)].slice(0, MAX_NAMES).map((url) => nameBelow(url, prefix));
}

/** The end of a URL tells more than its beginning. @param prefix what all URLs of the request begin with; it may end within a name, or be one of them */
export function nameBelow(url: string, prefix: string): string {
  const folder = prefix.slice(0, prefix.lastIndexOf("/") + 1);
  const below = url.startsWith(folder) && url.length > folder.length ? url.slice(folder.length) : url;
  const name = below.replace(/^https?:\/\//, "");
  return name.length > MAX_CHARACTERS ? `…${name.slice(1 - MAX_CHARACTERS)}` : name;
}

/** What all texts begin with, up to `most` characters. Of one text it is the text. Empty where they have nothing in common. */
export function commonPrefix(texts: readonly string[], most: number): string {
  const [first = "", ...others] = texts;
  let length = Math.min(first.length, most);
  for (const text of others) {
    while (length > 0 && !text.startsWith(first.slice(0, length))) length--;
  }
  return first.slice(0, length);
}

/** A list of requests shows what a request's URLs have in common, as far as a line has room. There may be keys in a query. */
export function urlPrefix(urls: readonly string[]): string {
  return commonPrefix(urls, 200).split("?", 1)[0] ?? "";
}

import type { GoodUrl } from "../../domain/plan/task-url.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";

/** What the report says of a URL's source: `2 https://www.example.com/sitemap.xml`. undefined: it is of the caller's own list. */
export function sourceNames(
  { sources_read: sources = [] }: Pick<RequestItem, "sources_read">,
  urls: readonly GoodUrl[],
): (url: string) => string | undefined {
  const numbers = new Map(urls.flatMap(({ url, source }) => (source === undefined ? [] : [[url, source]])));
  return (url) => {
    const number = numbers.get(url);
    return number === undefined ? undefined : `${number} ${sources[number - 1]?.from ?? ""}`.trimEnd();
  };
}

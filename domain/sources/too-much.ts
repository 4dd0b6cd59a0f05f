import { beyondCap, type Caps } from "../request/caps.ts";
import { invalidationPath } from "../request/invalidation-path.ts";
import { MAX_URLS } from "../request/limits.ts";
import type { RequestItem } from "../request/request-item.ts";
import type { Gathered } from "./gathered.ts";
import { LEFT_OUT } from "./left-out.ts";

/** Of all URLs of a request together: they are held in memory, here and by Get Size. */
export const MAX_CHARACTERS = 60_000_000;

/** How many URLs a request may have: each of its variants counts. */
export function mostUrls({ variants }: Pick<RequestItem, "variants">): number {
  return Math.floor(MAX_URLS / formsOf(variants));
}

function formsOf(variants: RequestItem["variants"]): number {
  return Math.max(1, variants?.length ?? 0);
}

/** Why a request with these URLs is too large; undefined: it is not, so far. */
export function tooMuch(
  item: Pick<RequestItem, "variants" | "pops">,
  { urls, characters }: Gathered,
  caps: Pick<Caps, "maxTasks">,
): string | undefined {
  const forms = formsOf(item.variants);
  const times = forms > 1 ? `in ${forms} variants ` : "";
  if (urls.length > mostUrls(item))
    return `sources: there are more than ${mostUrls(item)} URLs with them ${times}(at most ${MAX_URLS} together)`;
  if (characters > MAX_CHARACTERS)
    return `sources: the URLs with them have more than ${MAX_CHARACTERS} characters together`;
  const counted = forms > 1 ? "URLs times variants times POPs" : "URLs times POPs";
  return beyondCap(caps, "maxTasks", `sources: ${counted}`, urls.length * forms * item.pops.length);
}

/** Why a request whose sources are all read cannot go on; undefined: it can. */
export function cannotGoOn(
  { need_invalidate: invalidates }: Pick<RequestItem, "need_invalidate">,
  { urls, sources }: Gathered,
): string | undefined {
  if (urls.length === 0) return `sources: no URL is left to warm; ${leftOutInWords(sources.map((it) => it.left_out))}`;
  return invalidates ? uninvalidatable(urls.map(({ url }) => url)) : undefined;
}

function leftOutInWords(counts: readonly Gathered["sources"][number]["left_out"][]): string {
  const sums = LEFT_OUT.map((reason) => [reason, counts.reduce((sum, it) => sum + (it[reason] ?? 0), 0)] as const);
  const some = sums.filter(([, count]) => count > 0).map(([reason, count]) => `${count} ${reason}`);
  return some.length === 0 ? "the documents name none" : `left out: ${some.join(", ")}`;
}

/** As POST /prewarm refuses them: what cannot be invalidated would be warmed as it was before. */
function uninvalidatable(urls: readonly string[]): string | undefined {
  const bad = urls.flatMap((url) => {
    const answer = invalidationPath(new URL(url));
    return "problem" in answer ? [`${url.split("?", 1)[0]} ${answer.problem}`] : [];
  });
  if (bad.length === 0) return undefined;
  const others = bad.length > 1 ? ` and ${bad.length - 1} more` : "";
  return `need_invalidate: ${bad[0]}${others}; nothing was invalidated: leave need_invalidate out, or name the others alone`;
}

import * as z from "zod";
import { MAX_URLS } from "../limits.ts";
import { normalizeUrl } from "../net/urls.ts";
import { invalidationPath, isDoubtful } from "../request/invalidation.ts";
import { abbreviate } from "./api-error.ts";
import { differentStrings, type MoreFaults } from "./parse-body.ts";

/** The fields that say which URLs, in a body that may have other faults. */
const urlFieldsSchema = z.object({
  url_list: z.array(z.unknown()).nullish(),
  sources: z.unknown().optional(),
  retry_of: z.unknown().optional(),
});

/** URLs are named one by one, by sources, or by the request that is tried again. */
export function missingUrls({ url_list: urls, sources, retry_of: retryOf }: z.infer<typeof urlFieldsSchema>): string[] {
  if (sources != null || retryOf != null || (urls?.length ?? 0) > 0) return [];
  const rule = urls == null ? "is required: a list of absolute http(s) URLs" : "must have at least one URL";
  return [`url_list: ${rule}`];
}

/** What is wrong with the URLs of a body that has other faults too: all bad ones are told at once, whatever else is. */
export function checkUrlsAlone(json: unknown): MoreFaults {
  const fields = urlFieldsSchema.safeParse(json).data;
  // What is no list, the schema has told.
  const problems = fields === undefined ? [] : missingUrls(fields);
  const different = differentStrings(fields?.url_list ?? [], MAX_URLS);
  // The schema has refused so many, and to look at each of them would take longer than the answer is worth.
  if (different.size > MAX_URLS) return { problems, errorUrls: [] };
  const { errorUrls } = checkUrls([...different], problems);
  return { problems, errorUrls };
}

export function checkUrls(list: readonly string[], problems: string[]): { urls: string[]; errorUrls: string[] } {
  const urls = new Set<string>();
  const bad: BadUrl[] = [];
  for (const text of list) {
    const result = normalizeUrl(text);
    if ("url" in result) urls.add(result.url);
    else bad.push({ url: text, problem: result.problem });
  }
  if (bad.length > 0)
    problems.push(`url_list: ${badUrls(bad, list, "are invalid")}; absolute http:// or https:// URLs are needed`);
  return { urls: [...urls], errorUrls: bad.map(({ url }) => url) };
}

interface BadUrl {
  readonly url: string;
  readonly problem: string;
}

/** One bad URL with its reason. Of several, how many there are, and the reason of the first: the others may have other reasons. */
function badUrls([first, ...others]: readonly BadUrl[], all: readonly string[], what: string): string {
  if (first === undefined) return "";
  const url = `'${abbreviate(first.url)}'`;
  if (others.length === 0) return `${url} ${first.problem}`;
  return `${others.length + 1} of ${all.length} URLs ${what} (see error_urls); the first, ${url}, ${first.problem}`;
}

/** Said before anything is started: the step that invalidates could only end the request. @returns the URLs it is about */
export function checkPaths(urls: readonly string[], problems: string[]): string[] {
  const bad = urls.flatMap((url) => {
    const answer = invalidationPath(new URL(url));
    return "problem" in answer ? [{ url, problem: answer.problem }] : [];
  });
  if (bad.length === 0) return [];
  const what = badUrls(bad, urls, "cannot be invalidated");
  problems.push(`need_invalidate: ${what}; send such URLs in a request without need_invalidate`);
  return bad.map(({ url }) => url);
}

export function doubts(urls: readonly string[]): string[] {
  const doubtful = urls.filter((url) => isDoubtful(new URL(url)));
  if (doubtful.length === 0) return [];
  return [
    `need_invalidate: ${doubtful.length} URLs have a ~, such as '${abbreviate(doubtful[0] ?? "")}'; it is not sure that CloudFront ` +
      "invalidates these, so check one of them afterwards",
  ];
}

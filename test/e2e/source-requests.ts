// Provides requests whose URLs come from a document, and the site that has the documents.
import { HOST } from "../../tools/local/world.ts";
import { body, urls } from "./bodies.ts";
import type { SiteFile } from "./media.ts";
import type { StackClient } from "./stack-client.ts";
import { Viewer } from "./viewer.ts";

/** The one POP of these requests. */
export const POP = "SIN2-C1";

/** A request of one source at one POP. */
export function sourceRequest(source: Record<string, string>, changes: Record<string, unknown> = {}) {
  const { url_list: _, ...others } = body({ pops: [POP], timeout: 15, sources: [source], ...changes });
  return "url_list" in changes ? { ...others, url_list: changes["url_list"] } : others;
}

/** Sends a request and waits until each of its tasks is warm. @returns its id */
export async function warmSource(stack: StackClient, source: Record<string, string>, count?: number) {
  const reqId = await stack.start(sourceRequest(source));
  const { total_count, warm_count } = await stack.until(reqId, "FINISHED", 600_000);
  expect(warm_count).toBe(count ?? total_count);
  return reqId;
}

/** Expects that a request warmed exactly these URLs, and that a viewer gets a hit for each. */
export async function expectWarm(stack: StackClient, reqId: string, expected: readonly string[]) {
  const results = await stack.taskResults(reqId);
  expect(results.map(({ url }) => url).toSorted()).toEqual(expected.toSorted());
  const viewer = new Viewer(stack.standIn, POP, HOST);
  await viewer.all(expected).finally(() => viewer.close());
  expect(viewer.cold).toEqual([]);
}

/** Publishes small objects. @returns their paths */
export function addSmallObjects({ standIn }: StackClient, count: number, pathOf: (i: number) => string) {
  const paths = Array.from({ length: count }, (_, i) => pathOf(i));
  for (const path of paths) standIn.edge.addObject(path, { size: 100 });
  return paths;
}

export function addDocument({ standIn }: StackClient, path: string, content: Buffer | string) {
  const bytes = Buffer.from(content);
  standIn.edge.addObject(path, { size: bytes.length, body: bytes });
}

export function addFilm(stack: StackClient, files: readonly SiteFile[]) {
  for (const { path, text } of files)
    if (text === undefined) stack.standIn.edge.addObject(path, { size: 1_200 });
    else addDocument(stack, path, text);
}

/** A sitemap (`urlset`, `url`) or an index of sitemaps (`sitemapindex`, `sitemap`) of paths of the site. */
export function sitemap(root: string, entry: string, paths: readonly string[]) {
  const entries = urls(...paths).map((url) => `<${entry}><loc>${url.replaceAll("&", "&amp;")}</loc></${entry}>`);
  return `<?xml version="1.0"?><${root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${entries.join("\n")}</${root}>`;
}

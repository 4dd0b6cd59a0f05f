// Provides requests whose URLs come from a document, and the site that has the documents.
import { expect } from "vitest";
import { readResults } from "../../tools/local/pop-report.ts";
import { HOST } from "../../tools/local/world.ts";
import { body } from "./bodies.ts";
import type { SiteFile } from "./media.ts";
import type { Stack } from "./stack.ts";
import { Viewer } from "./viewer.ts";

/** The one POP of these requests. */
export const POP = "SIN2-C1";
/** More shards than a request has: those that do not exist are empty. */
const SHARDS = 64;

/** A request of one source at one POP. */
export function sourceRequest(source: Record<string, string>, changes: Record<string, unknown> = {}) {
  const { url_list: _, ...others } = body({ pops: [POP], timeout: 15, sources: [source], ...changes });
  return "url_list" in changes ? { ...others, url_list: changes["url_list"] } : others;
}

/** Sends a request and waits until each of its tasks is warm. @returns its id */
export async function warmSource(stack: Stack, source: Record<string, string>, count?: number): Promise<string> {
  const reqId = await stack.start(sourceRequest(source));
  const { total_count, warm_count } = await stack.until(reqId, "FINISHED", 600_000);
  expect(warm_count).toBe(count ?? total_count);
  return reqId;
}

/** Expects that a request warmed exactly these URLs, and that a viewer gets a hit for each. */
export async function expectWarm(stack: Stack, reqId: string, expected: readonly string[]): Promise<void> {
  const results = await readResults(stack.prewarm, reqId, SHARDS);
  expect(results.map(({ url }) => url).toSorted()).toEqual(expected.toSorted());
  const viewer = new Viewer(stack.standIn, POP, HOST);
  await viewer.all(expected).finally(() => viewer.close());
  expect(viewer.cold).toEqual([]);
}

/** Publishes small objects. @returns their paths */
export function addSmallObjects({ standIn }: Stack, count: number, pathOf: (i: number) => string): string[] {
  const paths = Array.from({ length: count }, (_, i) => pathOf(i));
  for (const path of paths) standIn.edge.addObject(path, { size: 100 });
  return paths;
}

export function addDocument({ standIn }: Stack, path: string, content: Buffer | string): void {
  const bytes = Buffer.from(content);
  standIn.edge.addObject(path, { size: bytes.length, body: bytes });
}

export function addFilm(stack: Stack, files: readonly SiteFile[]): void {
  for (const { path, text } of files)
    if (text === undefined) stack.standIn.edge.addObject(path, { size: 1_200 });
    else addDocument(stack, path, text);
}

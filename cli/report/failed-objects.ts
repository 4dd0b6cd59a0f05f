import type { Readable } from "node:stream";
import type { FailedObject } from "../../console/report/for-command.js";
import { rowsOf } from "./rows.ts";

/**
 * The failed tasks by object and error, each with its POPs: in the order of the file. Rows of URLs that could not be read and of POPs
 * that did not resolve are no tasks. @param csv the report of a request
 */
export async function failedObjects(csv: Readable): Promise<FailedObject[]> {
  const objects = new Map<string, Omit<FailedObject, "pops"> & { readonly pops: string[] }>();
  for await (const { url = "", variant = "", error = "", pop = "" } of rowsOf(csv)) {
    if (url === "" || pop === "") continue;
    const key = JSON.stringify([url, variant, error]);
    const its = objects.get(key) ?? { url, variant, error, pops: [] };
    objects.set(key, its);
    its.pops.push(pop);
  }
  return [...objects.values()];
}

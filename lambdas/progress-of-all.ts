// For shutdown and watch: whether a request stands still depends on what agents do for the others.

import pMap from "p-map";
import type { ProgressReader } from "../aws/progress-reader.ts";
import type { Progress } from "../domain/request/progress.ts";

const AT_ONCE = 16;

/** The progress of each of these requests. */
export async function progressOfAll(
  table: Pick<ProgressReader, "of">,
  ids: Iterable<string>,
): Promise<Map<string, Progress>> {
  const each = async (id: string) => [id, await table.of(id)] as const;
  return new Map(await pMap(ids, each, { concurrency: AT_ONCE }));
}

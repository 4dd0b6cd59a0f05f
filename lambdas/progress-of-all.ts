// For shutdown and watch: whether a request stands still depends on what agents do for the others.

import pMap from "p-map";
import type { ProgressReader } from "../aws/progress-table.ts";
import type { OnFailure, Progress } from "../domain/request/progress.ts";

const AT_ONCE = 16;

/** The progress of each of these requests. @param onFailure called for each whose progress cannot be read; it is left out */
export async function progressOfAll(
  table: Pick<ProgressReader, "of">,
  ids: Iterable<string>,
  onFailure: OnFailure,
): Promise<Map<string, Progress>> {
  const all = new Map<string, Progress>();
  const read = async (id: string) => {
    try {
      all.set(id, await table.of(id));
    } catch (error) {
      onFailure(id, error);
    }
  };
  await pMap(ids, read, { concurrency: AT_ONCE });
  return all;
}

import { expect, it } from "vitest";
import type { Status } from "../../../domain/request/lifecycle.ts";
import { neededCapacity } from "../../../domain/request/lifecycle.ts";

it.each<[wishes: [number, Status, boolean?, "sources"?][], needed: number]>([
  [[], 0],
  [[[0, "IN_PROGRESS"]], 0],
  [
    [
      [3, "CREATED"],
      [7, "IN_PROGRESS"],
      [1, "CHECK_POP"],
    ],
    7,
  ],
  // They boot while sizes are asked.
  [[[2, "CREATED"]], 2],
  [[[2, "CHECK_POP"]], 2],
  // An invalidation comes before the tasks.
  [[[2, "CREATED", true]], 0],
  [[[2, "CHECK_POP", true]], 0],
  [[[2, "INSERT_TASK", true]], 2],
  [[[2, "IN_PROGRESS", true]], 2],
  // Sources are read before, which may take long.
  [[[2, "EXPANDING", false, "sources"]], 0],
  [[[2, "CHECK_POP", false, "sources"]], 0],
  [[[2, "INSERT_TASK", false, "sources"]], 2],
  [
    [
      [9, "CHECK_POP", true],
      [3, "IN_PROGRESS"],
    ],
    3,
  ],
])("requests that wish for %j need %i", (wishes, needed) => {
  const active = wishes.map(([instance_count, status, need_invalidate = false, sources]) => ({
    instance_count,
    status,
    need_invalidate,
    sources_read: sources && [],
  }));
  expect(neededCapacity(active)).toBe(needed);
});

import { taskQueueFor } from "../../../domain/request/task-queue-name.ts";

test("small requests use the express queue: few tasks, all sizes known", () => {
  const most = { tasks: 500, bytes: 8e9, sizesKnown: true, hasLarge: false };
  expect(taskQueueFor(most)).toBe("express");
  expect(taskQueueFor({ ...most, tasks: 501 })).toBe("main");
  expect(taskQueueFor({ ...most, sizesKnown: false })).toBe("main");
});

test("a request with large files uses the express queue only if it has few bytes in total", () => {
  const most = { tasks: 15, bytes: 256 * 2 ** 20, sizesKnown: true, hasLarge: true };
  expect(taskQueueFor(most)).toBe("express");
  expect(taskQueueFor({ ...most, bytes: 256 * 2 ** 20 + 1 })).toBe("main");
  // As many as the lab sends: 64 files of 30 MB.
  expect(taskQueueFor({ ...most, tasks: 64, bytes: 64 * 30e6 })).toBe("main");
});

import { expect, test } from "vitest";
import { Backlog } from "../../../agent/receive/prefetcher.ts";
import { taskMessage } from "../task-messages.ts";

const [A, B] = ["a", "b"].map((path) => ({ url: `https://a.example/${path}`, bytes: 7 })) as [
  { url: string; bytes: number },
  { url: string; bytes: number },
];

test("a message of which a URL has begun is not idle; one of which a URL was withdrawn is", () => {
  const backlog = new Backlog();
  const begun = backlog.accept(taskMessage({ urls: [A, B] }));
  const withdrawn = backlog.accept(taskMessage({ urls: [A, B] }));
  const later = performance.now() + 1;
  expect(backlog.idleSince(later)).toEqual([begun, withdrawn]);
  begun.leave(A, true);
  withdrawn.leave(A, false);
  expect(backlog.idleSince(later)).toEqual([withdrawn]);
  expect([backlog.tasks, backlog.bytes]).toEqual([2, 14]);
  withdrawn.end();
  expect(backlog.idleSince(later)).toEqual([]);
});

test("a message that has just come is not idle", () => {
  const backlog = new Backlog();
  const before = performance.now();
  backlog.accept(taskMessage({ urls: [A] }));
  expect(backlog.idleSince(before)).toEqual([]);
});

import { expect, it } from "vitest";
import { fnv1a } from "../../../domain/plan/task.ts";

it.each([
  ["", 0x811c9dc5],
  ["a", 0xe40c292c],
  ["foobar", 0xbf9cf968],
])("%j hashes as that function's published vectors say", (text, hash) => {
  expect(fnv1a(text)).toBe(hash);
});

import { expect, it } from "vitest";
import { sourceState } from "../../../domain/request/source.ts";

it.each([
  ["WAITING", { documents: 0, done: false }, "CREATED"],
  ["WAITING", { documents: 0, done: false }, "EXPANDING"],
  ["READING", { documents: 3, done: false }, "EXPANDING"],
  ["READ", { documents: 3, done: true }, "EXPANDING"],
  ["READ", { documents: 3, done: true }, "FAILED"],
  ["NOT_READ", { documents: 3, done: false }, "STOPPED"],
] as const)("a source is %s with %j of a request at %s", (state, read, status) =>
  expect(sourceState(read, status)).toBe(state),
);

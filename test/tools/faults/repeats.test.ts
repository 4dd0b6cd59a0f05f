import { expect, it } from "vitest";
import { repeatsOf } from "../../../tools/faults/repeats.ts";

const get = (client: string, at: number, path = "/a") => ({ client, at, path, pop: "SIN2-P1" });
const taskOf = ({ pop, path }: { pop: string; path: string }) => `${pop} ${path}`;
const killed = (client: string, at: number, standing: readonly string[] = []) => ({
  client,
  at,
  standing: new Set(standing),
});

it("finds no repeats where each task was downloaded once", () => {
  expect(repeatsOf([get("a", 1), get("b", 2, "/b")], [], taskOf)).toEqual({ explained: 0, unexplained: [] });
});

it("explains a repeat by the agent that was killed with the task in its hands", () => {
  expect(repeatsOf([get("a", 1), get("b", 9)], [killed("a", 5)], taskOf)).toEqual({ explained: 1, unexplained: [] });
});

it.each([
  ["nobody was killed", []],
  ["another was killed", [killed("b", 5)]],
  ["it was killed before", [killed("a", 0)]],
  ["it was killed after", [killed("a", 10)]],
  ["its result stood", [killed("a", 5, ["SIN2-P1 /a"])]],
])("does not if %s", (_, kills) => {
  expect(repeatsOf([get("a", 1), get("b", 9)], kills, taskOf).unexplained).toEqual(["SIN2-P1 /a"]);
});

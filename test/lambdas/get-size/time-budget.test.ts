import { expect, it } from "vitest";
import { timeBudget } from "../../../lambdas/get-size/handler.ts";

const NOW = Date.parse("2024-04-16T00:00:00Z");
const minutesLater = (minutes: number) => NOW + minutes * 60_000;

it.each([
  ["a long request: the function's time, less what is kept back", 900_000, 1_440, 780_000],
  ["a short request: a quarter of its time", 900_000, 5, 75_000],
  ["the shortest", 900_000, 1, 15_000],
  ["a function that has hardly any time left: none", 100_000, 1_440, 0],
  ["a request that is over: none", 900_000, -1, 0],
])("%s", (_, remainingMs, minutes, budget) => {
  expect(timeBudget(remainingMs, NOW, minutesLater(minutes))).toBe(budget);
});

import { expect, test } from "vitest";
import { answers } from "../../../tools/hostile/answers.ts";

test("hostile answers: none is taken for a good one", async () => {
  const lines: string[] = [];
  const rows = await answers.run((line) => lines.push(line), { scale: 0.02 });
  console.log(lines[0]);
  expect({ lines, wrong: rows.filter(({ wrong }) => wrong > 0) }).toEqual({ lines, wrong: [] });
  expect(rows.every(({ tried }) => tried >= 5)).toBe(true);
  expect(rows.length).toBeGreaterThanOrEqual(15);
}, 60_000);

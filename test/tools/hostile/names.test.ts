import { expect, it } from "vitest";
import { HOSTILE_NAMES } from "../../../tools/hostile/hostile-names.ts";
import { names } from "../../../tools/hostile/names.ts";

it("none of 200 hostile addresses and names is connected to, or handed to an agent", async () => {
  const said: string[] = [];
  const [row] = await names.run((line) => said.push(line), { scale: 1 });
  expect(said).toEqual([]);
  expect(row).toMatchObject({ tried: HOSTILE_NAMES.length, wrong: 0 });
  expect(HOSTILE_NAMES.length).toBeGreaterThanOrEqual(200);
  // Some come as far as the DNS, or the lab would try nothing but the URL's spelling.
  expect(row?.saw).toMatch(/\d+ refused with 400, [1-9]\d+ FAILED/);
  console.log(row?.saw);
}, 60_000);

import { expect, test } from "vitest";
import { Rates } from "../../../cli/live/rates.ts";
import { POPS, progress } from "../progress.ts";

test("rates are of the last eight seconds or a little more, not of all that came", () => {
  const rates = new Rates();
  const [first] = POPS;
  if (first === undefined) throw new Error("there is no POP");
  const at = (bytes: number) => progress({ pops: [{ ...first, download_size: bytes }] });
  const speeds: (number | undefined)[] = [];
  let bytes = 0;
  for (const [seconds, perSecond] of [
    [0, 0],
    [4, 100],
    [8, 300],
    [12, 500],
    [16, 0],
    [24, 700],
    [40, 900],
  ] as const) {
    bytes += perSecond * (seconds === 24 ? 8 : seconds === 40 ? 16 : 4);
    speeds.push(rates.add(at(bytes), seconds * 1_000)?.get(first.pop));
  }
  expect(speeds).toEqual([undefined, undefined, 200, 400, 250, 700, 900]);
});

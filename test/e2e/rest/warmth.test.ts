// The hard edge of the lab of warmth, in short: what agents claim is true, and each failure says why. It starts a stack of its own.
import { expect, it } from "vitest";
import { Claims } from "../../../tools/warmth/claims.ts";
import { hard } from "../../../tools/warmth/hard.ts";
import { HARD_CASES } from "../../../tools/warmth/hard-cases.ts";

it("nothing is called warm that is not, and nothing a hit that is kept nowhere", async () => {
  const claims = new Claims();
  const rows = await hard(claims, HARD_CASES).run(() => undefined, { scale: 1 });
  expect(rows.filter(({ wrong }) => wrong > 0)).toEqual([]);
  expect(claims.falseWarm).toBe(0);
  // A lab that calls nothing warm, or nothing a hit, has shown nothing.
  const claimed = rows.filter(({ what }) => what.endsWith("what is claimed is true"));
  expect(claimed.map(({ saw }) => saw)).toEqual([
    expect.stringMatching(/ saw [1-9]\d* warm, 0 of them false/),
    expect.stringMatching(/; [1-9]\d* hit, 0 of them false/),
    expect.stringMatching(/ saw [1-9]\d* warm, 0 of them false/),
  ]);
});

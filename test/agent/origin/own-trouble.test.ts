import { expect, test } from "vitest";
import { OwnTrouble } from "../../../agent/origin/own-trouble.ts";

/** `g`: another POP answers, `G`: this one does, `r`: this one refuses, `R`: it refuses what was on its way with the one before. */
test.each([
  ["the first refusals are the origin's", "gggggrgggggrgggggr", false],
  ["the fourth in a row is the POP's, if others answer", "gggggrgggggrgggggrgggggr", true],
  ["not if others answered before the first alone", "ggggggggggggrrrr", false],
  ["not if nobody answers", "rrrrrrrr", false],
  ["nor if few do", "rgrgrgrg", false],
  ["what was on its way together counts once", "rRRRRggggggggggggggggggggR", false],
  ["after a good answer it begins anew", "gggggrgggggrgggggrGgggggr", false],
])("%s", (_, story, own) => {
  const trouble = new OwnTrouble();
  let now = 1_000;
  let last = false;
  for (const what of story) {
    now += 10;
    if (what === "g") trouble.answered("FRA56-P4");
    if (what === "G") trouble.answered("SIN2-P1");
    if (what === "r") last = trouble.refused("SIN2-P1", now - 5, now);
    if (what === "R") last = trouble.refused("SIN2-P1", 500, now);
  }
  expect(last).toBe(own);
});

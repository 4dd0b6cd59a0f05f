import { expect, it } from "vitest";
import { RECS, recName } from "../../../domain/pops/recs.ts";

it("every REC has a Chinese name, and its own in English", () => {
  for (const { name } of RECS) {
    expect(recName(name, "zh")).toMatch(/^\p{Script=Han}+$/u);
    expect(recName(name, "en")).toBe(name);
  }
});

it("one that only a newer release knows stays as it is", () => {
  expect(recName("Zurich", "zh")).toBe("Zurich");
  expect(recName("toString", "zh")).toBe("toString");
});

import { expect, it } from "vitest";
import { targetKey } from "../../../domain/plan/target.ts";

it("a target is a POP and a distribution", () => {
  expect(targetKey("SIN2-P1", "d111111abcdef8")).toBe("SIN2-P1#d111111abcdef8");
});

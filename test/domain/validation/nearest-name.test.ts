import { expect, it } from "vitest";
import { nearestName } from "../../../domain/nearest-name.ts";

const KNOWN = ["url_list", "cf_domain", "pops", "regions", "timeout", "instance_count", "DesiredCapacity"];

it.each([
  ["pop", "pops"],
  ["POPS", "pops"],
  ["region", "regions"],
  ["time_out", "timeout"],
  ["urls_list", "url_list"],
  ["cfdomain", "cf_domain"],
  ["instancecount", "instance_count"],
  ["desired_capacity", "DesiredCapacity"],
  ["x", undefined],
  ["", undefined],
  ["something_else_entirely", undefined],
  ["p".repeat(1_000_000), undefined],
])("%s: %s", (name, nearest) => {
  expect(nearestName(name, KNOWN)).toBe(nearest);
});

it("nothing is near to nothing", () => {
  expect(nearestName("pops", [])).toBeUndefined();
});

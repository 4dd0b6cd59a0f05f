import { nearestName } from "../../../domain/nearest-name.ts";

const KNOWN = ["url_list", "cf_domain", "pops", "regions", "timeout", "instance_count", "DesiredCapacity"];

it.each([
  ["pop", "pops"],
  ["time_out", "timeout"],
  ["cfdomain", "cf_domain"],
  ["desired_capacity", "DesiredCapacity"],
  ["x", undefined],
  ["p".repeat(1_000_000), undefined],
])("%s: %s", (name, nearest) => expect(nearestName(name, KNOWN)).toBe(nearest));

it("nothing is near to nothing", () => expect(nearestName("pops", [])).toBeUndefined());

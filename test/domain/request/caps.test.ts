import * as z from "zod";
import { beyondCap, CAPS, type CapName, capsOf, capVariables, DEFAULT_CAPS } from "../../../domain/request/caps.ts";

const names = Object.keys(CAPS) as CapName[];
const all = Object.fromEntries(names.map((name) => [CAPS[name].variable, String(CAPS[name].default)]));

it.each(names)("a cap: %s has a default within its range, and its variable is read", (name) => {
  const { default: value, min, max, variable } = CAPS[name];
  expect([value >= min, value <= max]).toEqual([true, true]);
  const schema = z.object(capVariables);
  expect(capsOf(schema.parse({ ...all, [variable]: String(min) }))).toEqual({ ...DEFAULT_CAPS, [name]: min });
  // A function that was not told its cap does not start.
  for (const missing of [undefined, "x", String(min - 1)])
    expect(schema.safeParse({ ...all, [variable]: missing }).success).toBe(false);
});

it("a cap holds up to its value; beyond it, the problem names field, value, cap and parameter", () => {
  expect(beyondCap({ maxInstances: 20 }, "maxInstances", "instance_count", 20)).toBeUndefined();
  expect(beyondCap({ maxInstances: 20 }, "maxInstances", "instance_count", 21)).toBe(
    "instance_count: 21 instances exceed this deployment's limit of 20 (stack parameter maxInstances)",
  );
});

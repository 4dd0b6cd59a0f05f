import { describe, expect, it } from "vitest";
import * as z from "zod";
import { beyondCap, CAPS, type CapName, capsOf, capVariables, DEFAULT_CAPS } from "../../../domain/request/caps.ts";
import { allowedDistributionsSchema, problemWith } from "../../../domain/request/distributions.ts";

const names = Object.keys(CAPS) as CapName[];
const all = Object.fromEntries(names.map((name) => [CAPS[name].variable, String(CAPS[name].default)]));

describe("a cap", () => {
  it.each(names)("%s has a default within its range, and its variable is read", (name) => {
    const { default: value, min, max, variable } = CAPS[name];
    expect([value >= min, value <= max]).toEqual([true, true]);
    const schema = z.object(capVariables);
    expect(capsOf(schema.parse({ ...all, [variable]: String(min) }))).toEqual({ ...DEFAULT_CAPS, [name]: min });
    // A function that was not told its cap does not start.
    for (const missing of [undefined, "x", String(min - 1)])
      expect(schema.safeParse({ ...all, [variable]: missing }).success).toBe(false);
  });

  it("that a deployment does not have bounds nothing", () => {
    expect(beyondCap({ maxTasks: 3 }, "maxInstances", "instance_count", 21)).toBeUndefined();
  });

  it("holds up to its value; beyond it, the problem names field, value, cap and parameter", () => {
    expect(beyondCap({ maxInstances: 20 }, "maxInstances", "instance_count", 20)).toBeUndefined();
    expect(beyondCap({ maxInstances: 20 }, "maxInstances", "instance_count", 21)).toBe(
      "instance_count: 21 instances, but maxInstances of this deployment is 20 (a parameter of the stack)",
    );
  });
});

describe("the list of distributions", () => {
  it.each(["*", "E1,*"])("%s allows every one, also of another account", (text) => {
    const allowed = allowedDistributionsSchema.parse(text);
    expect(problemWith(allowed, "E9", "cdn.example.com")).toBeUndefined();
    expect(problemWith(allowed, undefined, "cdn.example.com")).toBeUndefined();
  });

  it("allows those that it names, and no other, nor one of another account", () => {
    const allowed = allowedDistributionsSchema.parse("E1, E2");
    expect(problemWith(allowed, "E2", "cdn.example.com")).toBeUndefined();
    expect(problemWith(allowed, "E3", "cdn.example.com")).toBe(
      "cdn.example.com belongs to the distribution E3, and distributions of this deployment allows E1, E2 (a parameter of the stack)",
    );
    expect(problemWith(allowed, undefined, "cdn.example.com")).toMatch(/belongs to no distribution of this account/);
  });
});

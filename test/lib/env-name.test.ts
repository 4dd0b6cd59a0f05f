import { Stack } from "aws-cdk-lib";
import { expect, test } from "vitest";
import { chosenEnvName, EnvNameError, stackIdOf } from "../../lib/env-name.ts";
import { newApp, synthesizeStacks } from "./synth.ts";

const app = newApp();

const blue = synthesizeStacks("blue");

test("without -c envName it is prod, and the stacks have no suffix", () => {
  expect(chosenEnvName(undefined)).toBe("prod");
  expect(stackIdOf("PrewarmStack", "prod")).toBe("PrewarmStack");
});

test("-c envName=prod is the same stack: two would want the same group", () => {
  expect(stackIdOf("PrewarmStack", chosenEnvName("prod"))).toBe("PrewarmStack");
});

test("every other name has a stack of its own", () => {
  expect(stackIdOf("PrewarmStack", chosenEnvName("blue"))).toBe("PrewarmStack-blue");
});

test.each(["", "Blue", "a_b", "-a", "a".repeat(21), true, 1])("-c envName=%s is refused, in one line", (name) => {
  expect(() => chosenEnvName(name)).toThrow(EnvNameError);
  expect(() => chosenEnvName(name)).toThrow(/^-c envName=\S*: it must be up to 20 lower-case letters/);
});

test.each(["a", "0", "a".repeat(20), "blue-2", "blue-"])("%s can be the end of a stack's name", (name) => {
  expect(() => new Stack(app, stackIdOf("PrewarmStack", chosenEnvName(name)))).not.toThrow();
});

test("the stacks take it as their parameter's default", () => {
  for (const { name, template } of blue) {
    expect(name).toMatch(/-blue$/);
    expect(template.findParameters("envName")["envName"]?.["Default"]).toBe("blue");
  }
});

import { Stack } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { describe, expect, test, vi } from "vitest";
import { CODE_PREFIX, prefixedSynthesizer } from "../../lib/stacks.ts";
import { addFleet, newApp, rendered, resourcesOf, theOnly } from "./synth.ts";

const version = vi.hoisted(() => ({ difference: "" }));
vi.mock("esbuild", async (original) => {
  const esbuild = await original<typeof import("esbuild")>();
  const buildSync = (options: import("esbuild").BuildOptions) => {
    const { outputFiles = [], ...built } = esbuild.buildSync(options);
    const changed = (contents: Uint8Array) => Buffer.concat([contents, Buffer.from(version.difference)]);
    return { ...built, outputFiles: outputFiles.map((file) => ({ ...file, contents: changed(file.contents) })) };
  };
  return { ...esbuild, buildSync };
});

/** What an instance fetches, and what its role may read, as patterns of IAM. */
function release(difference: string) {
  version.difference = difference;
  const stack = new Stack(newApp(), "Test", { synthesizer: prefixedSynthesizer() });
  addFleet(stack);
  const template = Template.fromStack(stack);
  const userData = rendered(theOnly(template, "AWS::EC2::LaunchTemplate").LaunchTemplateData.UserData);
  const statements: { Action: string; Resource: unknown }[] = resourcesOf(template, "AWS::IAM::Policy").flatMap(
    ([, { Properties }]) => Properties.PolicyDocument.Statement,
  );
  const reads = statements.filter(({ Action }) => Action === "s3:GetObject").map(({ Resource }) => rendered(Resource));
  const [, object = ""] = /^AGENT_CODE_URL='s3:\/\/(.*)'$/m.exec(userData) ?? [];
  return { object: `arn:aws:s3:::${object}`, reads };
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html */
function allows(patterns: readonly string[], arn: string): boolean {
  const escaped = (text: string) => text.replaceAll(/[.+^${}()|[\]\\]/g, "\\$&");
  return patterns.some((pattern) =>
    new RegExp(`^${escaped(pattern).replaceAll("*", ".*").replaceAll("?", ".")}$`).test(arn),
  );
}

describe("in the middle of a release, which changes the role before the group", () => {
  const [before, after] = [release(""), release("// another version\n")];

  test("two versions have two keys", () => {
    expect(after.object).not.toBe(before.object);
  });

  test("an instance that is still started from the old template can fetch the old code", () => {
    expect(allows(after.reads, before.object)).toBe(true);
  });

  test("and after a rollback, one that was started from the new template the new code", () => {
    expect(allows(before.reads, after.object)).toBe(true);
  });

  test("nobody else's code is read, though it lies in the same bucket", () => {
    const key = after.object.slice(after.object.indexOf("/") + 1);
    expect(key.startsWith(CODE_PREFIX)).toBe(true);
    expect(allows(after.reads, after.object.replace(CODE_PREFIX, ""))).toBe(false);
    expect(allows(after.reads, after.object.replace(CODE_PREFIX, "another/"))).toBe(false);
  });
});

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { FileSystem } from "aws-cdk-lib";
import { unzipSync } from "fflate";
import { CAPABILITY, requiredParameters } from "../../../tools/release/launch-links.ts";
import { publishedFiles } from "../../../tools/release/published-files.ts";
import { ROOT } from "../../lib/synth.ts";

const { context } = JSON.parse(readFileSync(`${ROOT}cdk.json`, "utf8"));
const { code, templates } = publishedFiles("my-bucket", "v1/", context);
const folder = mkdtempSync(join(tmpdir(), "prewarm-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** The files of what is published under a key. */
function unzip(key: string) {
  return unzipSync(code.find((file) => file.key === key)?.body ?? new Uint8Array());
}

test("both templates, under keys that stay the same", () => {
  expect(templates.map(({ stackName, key }) => [stackName, key])).toEqual([
    ["PrewarmStack", "v1/PrewarmStack.template.json"],
    ["PrewarmExistingVpcStack", "v1/PrewarmExistingVpcStack.template.json"],
  ]);
});

test("parameters that whoever launches has to fill in", () => {
  expect(templates.map(({ body }) => requiredParameters(body))).toEqual([
    [],
    [
      { name: "vpc", list: false },
      { name: "subnet", list: true },
      { name: "sg", list: false },
    ],
  ]);
});

describe.each(templates)("$stackName", ({ body }) => {
  const text = Buffer.from(body).toString("utf8");
  const template = JSON.parse(text);
  const resources = Object.values(
    // biome-ignore lint/suspicious/noExplicitAny: a template is JSON of a thousand shapes
    template.Resources as Record<string, { Type: string; Properties?: any }>,
  );

  test("wants no bootstrap", () => {
    expect(template.Parameters).not.toHaveProperty("BootstrapVersion");
    expect(template.Rules ?? {}).not.toHaveProperty("CheckBootstrapVersion");
    expect(text).not.toMatch(/bootstrap|hnb659fds|cdk-|assets-/i);
  });

  test(`wants ${CAPABILITY} and no more: its roles have no names of their own, and no macro is called`, () => {
    const iam = resources.filter(({ Type }) => Type.startsWith("AWS::IAM::"));
    expect(new Set(iam.map(({ Type }) => Type))).toContain("AWS::IAM::Role");
    // The name of an inline policy is a required property and no name of its own.
    const names = ["RoleName", "InstanceProfileName", "ManagedPolicyName", "UserName", "GroupName"];
    for (const { Properties } of iam) for (const name of names) expect(Properties).not.toHaveProperty(name);
    expect(template).not.toHaveProperty("Transform");
    expect(text).not.toContain("Fn::Transform");
  });

  test("names code that is published with it", () => {
    const functions = resources.filter(({ Type }) => Type === "AWS::Lambda::Function");
    expect(functions.length).toBeGreaterThan(5);
    for (const { Properties } of functions) {
      const { S3Bucket, S3Key } = Properties.Code;
      expect(S3Bucket).toBe("my-bucket");
      expect(Object.keys(unzip(S3Key))).toContain("index.mjs");
    }
    const agent = /s3:\/\/my-bucket\/(v1\/code\/[0-9a-f]{64}\.zip)/.exec(text)?.[1] ?? "";
    expect(Object.keys(unzip(agent))).toEqual(expect.arrayContaining(["main.mjs", "prewarm-agent.service"]));
  });
});

test("a zip's key is made from its content, so that an update by the same URL brings the new code", () => {
  for (const [index, { key, body }] of code.entries()) {
    if ("prewarm-agent.service" in unzip(key)) {
      // Zipped when the template is made, so that the template knows its bytes.
      const zip = join(folder, "agent.zip");
      writeFileSync(zip, body);
      expect(key).toBe(`v1/code/${FileSystem.fingerprint(zip)}.zip`);
      continue;
    }
    const unpacked = join(folder, String(index));
    mkdirSync(unpacked);
    for (const [name, bytes] of Object.entries(unzip(key))) {
      mkdirSync(dirname(join(unpacked, name)), { recursive: true });
      // A folder has an entry of its own.
      if (!name.endsWith("/")) writeFileSync(join(unpacked, name), bytes);
    }
    // What CDK itself leaves out is part of its fingerprint.
    const fingerprint = () => FileSystem.fingerprint(unpacked, { exclude: [".is_custom_resource"] });
    expect(key).toBe(`v1/code/${fingerprint()}.zip`);
    writeFileSync(join(unpacked, "more"), "");
    expect(key).not.toBe(`v1/code/${fingerprint()}.zip`);
  }
});

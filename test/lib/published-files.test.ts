import { readFileSync } from "node:fs";
import { unzipSync } from "fflate";
import { expect, test } from "vitest";
import { publishedFiles } from "../../scripts/published-files.ts";
import { ROOT } from "./synth.ts";

const { context } = JSON.parse(readFileSync(`${ROOT}cdk.json`, "utf8"));
const files = publishedFiles("my-bucket", "v1/", context);
const text = (key: string) => Buffer.from(files.find((file) => file.key === key)?.body ?? []).toString("utf8");

test.each(["v1/PrewarmStack.template.json", "v1/PrewarmExistingVpcStack.template.json"])(
  "%s wants no bootstrap, and its code is published with it",
  (key) => {
    const template = JSON.parse(text(key));
    expect(template.Parameters).not.toHaveProperty("BootstrapVersion");
    expect(template.Rules ?? {}).not.toHaveProperty("CheckBootstrapVersion");
    const codes = Object.values(
      template.Resources as Record<string, { Properties?: { Code?: { S3Bucket: string; S3Key: string } } }>,
    ).flatMap(({ Properties }) => (Properties?.Code?.S3Key === undefined ? [] : [Properties.Code]));
    expect(codes).toHaveLength(7);
    for (const { S3Bucket, S3Key } of codes) {
      expect(S3Bucket).toBe("my-bucket");
      const zip = files.find((file) => file.key === S3Key)?.body;
      expect(Object.keys(unzipSync(zip ?? new Uint8Array()))).toContain("index.mjs");
    }
    const agent = /s3:\/\/my-bucket\/(v1\/[0-9a-f]{64}\.zip)/.exec(text(key))?.[1] ?? "";
    const zip = files.find((file) => file.key === agent)?.body;
    expect(Object.keys(unzipSync(zip ?? new Uint8Array()))).toEqual(
      expect.arrayContaining(["main.mjs", "prewarm-agent.service"]),
    );
  },
);

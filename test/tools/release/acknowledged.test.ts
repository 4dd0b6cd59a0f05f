import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ACKNOWLEDGED } from "../../../tools/release/acknowledged.ts";
import { compare } from "../../../tools/release/findings.ts";
import { ROOT } from "../../lib/synth.ts";

test("what cdk-nag finds and stays so is told in docs/security.md, where it is, and why", () => {
  const rows = readFileSync(`${ROOT}docs/security.md`, "utf8").split("\n");
  for (const { id, at, reason } of ACKNOWLEDGED) {
    const row = rows.find((line) => line.includes(`\`${id}\``) && line.includes(reason));
    expect(row).toBeDefined();
    for (const path of at) expect(row).toContain(`\`${path.replace(/^Prewarm\/|\/(DefaultPolicy\/)?Resource$/g, "")}`);
  }
  const findings = rows.filter((line) => line.startsWith("| `AwsSolutions-"));
  expect(findings).toHaveLength(ACKNOWLEDGED.length);
});

describe("an acknowledgement", () => {
  const found = [
    { id: "S1", path: "A/Bucket/Resource" },
    { id: "S1", path: "B/Bucket/Resource" },
    { id: "IAM5[Resource::*]", path: "A/Fleet/Role/Resource" },
  ];
  const left = (...acknowledged: [id: string, ...at: string[]][]) =>
    compare(
      found,
      acknowledged.map(([id, ...at]) => ({ id, at, reason: "" })),
    );
  const [bucket, role] = [
    ["S1", "Bucket/Resource"],
    ["IAM5[Resource::*]", "Fleet/Role/Resource"],
  ] as const;

  test("holds in both stacks, for this finding at this place", () => {
    expect(left([...bucket], [...role])).toEqual({ open: [], stale: [] });
  });

  test("does not hold above or below its place, nor for another finding there", () => {
    expect(left(["S1", "Bucket"], [...role]).open).toEqual(found.slice(0, 2));
    expect(left([...bucket], ["IAM5[Resource::x/*]", "Fleet/Role/Resource"]).open).toEqual(found.slice(2));
    expect(left([...bucket], ["IAM5[Resource::*]", "Fleet/*"]).open).toEqual(found.slice(2));
    expect(left([...bucket], ["IAM5[Resource::*]", "Fleet/*/Resource"])).toEqual({ open: [], stale: [] });
  });

  test("that nothing needs is told", () => {
    expect(left([...bucket], [...role, "Pipeline/Role/Resource"])).toEqual({
      open: [],
      stale: [{ id: "IAM5[Resource::*]", path: "Pipeline/Role/Resource" }],
    });
  });
});

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ACKNOWLEDGED } from "../../scripts/acknowledged.ts";
import { ROOT } from "./synth.ts";

test("what cdk-nag finds and stays so is told in docs/security.md, with its reason", () => {
  const rows = readFileSync(`${ROOT}docs/security.md`, "utf8").split("\n");
  for (const { id, reason } of ACKNOWLEDGED) {
    const row = rows.find((line) => line.includes(`\`${id.replace("AwsSolutions::", "")}\``));
    expect(row).toContain(reason);
  }
});

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { faultFile } from "../../../tools/local/fault-file.ts";

const asked = {
  path: "/index.html",
  pop: "SIN2-P1",
  method: "GET",
  address: "127.77.0.1",
  client: "127.0.0.1",
  headers: {},
};

test("the file may come, change, be wrong, and go while the edge runs; each is said once", () => {
  const folder = mkdtempSync(join(tmpdir(), "prewarm-faults-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "faults.json");
  const said: string[] = [];
  const hook = faultFile(file, (line) => said.push(line));
  const twice = () => [hook(asked), hook(asked)];

  expect(twice()).toEqual([undefined, undefined]);
  writeFileSync(file, '[{"fault":{"kind":"status","status":403}}]');
  expect(hook(asked)).toEqual({ kind: "status", status: 403 });
  writeFileSync(file, '[{"fault":{"kind":"slow","ms":10}}]');
  expect(hook(asked)).toEqual({ kind: "slow", ms: 10 });
  writeFileSync(file, "[{}]");
  expect(twice()).toEqual([undefined, undefined]);
  rmSync(file);
  expect(twice()).toEqual([undefined, undefined]);
  expect(said).toEqual([
    expect.stringContaining("has the faults of"),
    expect.stringContaining("has the faults of"),
    expect.stringMatching(/is not used:\n.*fault/s),
    "The edge has no faults any more.",
  ]);
});

import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { writeSecret } from "../../../tools/local/paths.ts";

it("writes a secret that nobody else may read, whatever was there", () => {
  const folder = mkdtempSync(join(tmpdir(), "prewarm-secret-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "endpoint.json");
  writeFileSync(path, "from a run that was killed", { mode: 0o644 });
  writeSecret(path, "secret");
  expect(readFileSync(path, "utf8")).toBe("secret");
  expect((statSync(path).mode & 0o777).toString(8)).toBe("600");
});

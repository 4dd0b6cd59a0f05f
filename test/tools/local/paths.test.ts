import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { writeSecret } from "../../../tools/local/paths.ts";
import { folderWith } from "../../folder-with.ts";

it("writes a secret that nobody else may read, whatever was there", () => {
  const path = join(folderWith({ "endpoint.json": "from a run that was killed" }), "endpoint.json");
  writeSecret(path, "secret");
  expect(readFileSync(path, "utf8")).toBe("secret");
  expect((statSync(path).mode & 0o777).toString(8)).toBe("600");
});

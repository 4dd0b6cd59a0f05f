// A test file that no project of vitest.config.ts includes is never run, and a file that no tsconfig.json includes is never checked.
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import ts from "typescript";
import * as z from "zod";
import { CHECKS } from "../tools/checks/run-checks.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const listSchema = z.array(z.object({ file: z.string(), projectName: z.string() }));
const packageSchema = z.object({ scripts: z.object({ test: z.string(), coverage: z.string() }) });

test("each test file belongs to exactly one project, as vitest itself reads them, and each project is run", async () => {
  const folder = mkdtempSync(join(tmpdir(), "vitest-list-"));
  const output = join(folder, "files.json");
  const args = [join(ROOT, "node_modules/vitest/vitest.mjs"), "list", "--filesOnly", `--json=${output}`];
  await promisify(execFile)(process.execPath, args, { cwd: ROOT });
  const entries = listSchema.parse(JSON.parse(readFileSync(output, "utf8")));
  const listed = entries.map(({ file }) => relative(ROOT, file));
  rmSync(folder, { recursive: true });
  const names = readdirSync(join(ROOT, "test"), { recursive: true, encoding: "utf8" });
  const files = names.filter((name) => /\.test\.tsx?$/.test(name)).map((name) => join("test", name));
  expect(listed.length).toBeGreaterThan(100);
  expect(listed.toSorted()).toEqual(files.toSorted());
  const { scripts } = packageSchema.parse(JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")));
  const commands = [scripts.test, scripts.coverage, ...Object.values(CHECKS).map((words) => words.join(" "))].join(" ");
  const run = [...commands.matchAll(/--project "?([^\s"]+)/g)].map(([, name = ""]) => name.replaceAll("*", ".*"));
  const projects = [...new Set(entries.map(({ projectName }) => projectName))];
  expect(projects.filter((project) => !run.some((name) => new RegExp(`^${name}$`).test(project)))).toEqual([]);
});

/** The files that a configuration includes, by absolute path. */
function checkedBy(folder: string): string[] {
  const { config } = ts.readConfigFile(`${folder}tsconfig.json`, ts.sys.readFile);
  return ts.parseJsonConfigFileContent(config, ts.sys, folder).fileNames;
}

test("every TypeScript file's types are checked by tsconfig.json, lib/tsconfig.json or console/tsconfig.json", () => {
  const folders = readdirSync(ROOT, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !/^\.|^(node_modules|cdk\.out|coverage)$/.test(entry.name))
    .map(({ name }) => `${ROOT}${name}`);
  const files = folders.flatMap((folder) => ts.sys.readDirectory(folder, [".ts", ".tsx"]));
  expect(files.length).toBeGreaterThan(300);
  const checked = new Set([ROOT, `${ROOT}lib/`, `${ROOT}console/`].flatMap(checkedBy));
  expect(files.filter((file) => !checked.has(file))).toEqual([]);
});

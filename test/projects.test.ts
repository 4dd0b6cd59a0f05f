// The projects of vitest.config.ts, as vitest itself reads them: a test file that none of them includes is never run.
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, expect, test } from "vitest";
import * as z from "zod";
import { CHECKS } from "../tools/checks/run-checks.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const listSchema = z.array(z.object({ file: z.string(), projectName: z.string() }));

/** By test file, relative to the root of the repository. */
const projectsOf = new Map<string, string[]>();

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), "vitest-list-"));
  const output = join(folder, "files.json");
  const args = [join(ROOT, "node_modules/vitest/vitest.mjs"), "list", "--filesOnly", `--json=${output}`];
  try {
    await promisify(execFile)(process.execPath, args, { cwd: ROOT });
    for (const { file, projectName } of listSchema.parse(JSON.parse(readFileSync(output, "utf8")))) {
      const path = relative(ROOT, file);
      projectsOf.set(path, [...(projectsOf.get(path) ?? []), projectName]);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("each test file belongs to exactly one project", () => {
  const names = readdirSync(join(ROOT, "test"), { recursive: true, encoding: "utf8" });
  const files = names.filter((name) => /\.test\.tsx?$/.test(name)).map((name) => join("test", name));
  expect(files.length).toBeGreaterThan(100);
  const all = files.map((file) => ({ file, projects: projectsOf.get(file) ?? [] }));
  expect(all.filter(({ projects }) => projects.length !== 1)).toEqual([]);
});

test("each project is run by `npm test` or `npm run test:rest`", () => {
  const packageSchema = z.object({ scripts: z.object({ test: z.string() }) });
  const { scripts } = packageSchema.parse(JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")));
  const named = [scripts.test, ...Object.values(CHECKS).map((words) => words.join(" "))];
  const patterns = named.flatMap((script) =>
    [...script.matchAll(/--project "?([^\s"]+)/g)].map(
      ([, name = ""]) => new RegExp(`^${name.replaceAll("*", ".*")}$`),
    ),
  );
  const projects = [...new Set([...projectsOf.values()].flat())];
  expect(projects.filter((project) => !patterns.some((pattern) => pattern.test(project)))).toEqual([]);
});

// What is delivered has nothing of tools/ or test/: the code of the Lambda functions, the agent, the command and the console.
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const LAMBDAS = readdirSync(`${ROOT}lambdas`, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => `lambdas/${name}/index.ts`);
const ENTRIES = [
  ...LAMBDAS,
  "agent/main.ts",
  "cli/main.ts",
  "cli/actions/all.ts",
  "cli/direct/direct.ts",
  "cli/doctor/doctor.ts",
  "console/main.tsx",
  "bin/prewarm.ts",
];

/** The project's own files that the bundle of an entry is made of. */
function sourcesOf(entry: string): string[] {
  const { metafile } = buildSync({
    entryPoints: [entry],
    absWorkingDir: ROOT,
    bundle: true,
    packages: "external",
    metafile: true,
    write: false,
    outdir: "out",
    format: "esm",
    platform: entry.startsWith("console/") ? "browser" : "node",
    jsx: "automatic",
    jsxImportSource: "preact",
    loader: { ".css": "text", ".svg": "text" },
    logLevel: "silent",
  });
  return Object.keys(metafile.inputs);
}

test.each(ENTRIES)("%s", (entry) => {
  const sources = sourcesOf(entry);
  expect(sources).toContain(entry);
  expect(sources.filter((path) => /^(tools|test)\//.test(path))).toEqual([]);
});

test("a file that imports a tool is found out", () =>
  expect(sourcesOf("tools/checks/main.ts")).toContain("tools/checks/run-checks.ts"));

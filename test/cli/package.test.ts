// The package as npm makes it, in a folder that has nothing else.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import * as z from "zod";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "prewarm-package-"));
afterAll(() => rmSync(folder, { recursive: true }));

const manifestSchema = z.object({ version: z.string(), license: z.string(), engines: z.object({ node: z.string() }) });
const packedSchema = z.array(z.object({ filename: z.string(), files: z.array(z.object({ path: z.string() })) }));

function run(program: string, args: readonly string[], cwd: string) {
  // npm says in variables how it runs the tests, and the npm below it would believe them.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_ENV|VITEST)/i.test(name)),
  );
  return execFileSync(program, args, { cwd, env, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
}

test("npm pack makes a package that runs by itself, without the network", { timeout: 180_000 }, () => {
  const out = run("npm", ["pack", "./cli", "--json", "--pack-destination", folder], ROOT);
  const [packed] = packedSchema.parse(JSON.parse(out.slice(out.indexOf("["))));
  expect(packed?.files.map(({ path }) => path).sort()).toEqual(
    [
      "README.md",
      "dist/LICENSE",
      "dist/THIRD-PARTY.txt",
      "dist/actions.cjs",
      "dist/cloudfront.cjs",
      "dist/direct.cjs",
      "dist/doctor.cjs",
      "dist/prewarm.cjs",
      "package.json",
    ].sort(),
  );
  writeFileSync(join(folder, "package.json"), "{}");
  run("npm", ["install", "--offline", "--no-audit", "--no-fund", `./${packed?.filename}`], folder);
  expect(readFileSync(join(folder, "package-lock.json"), "utf8").match(/node_modules\//g)).toHaveLength(1);
  expect(run("npx", ["--offline", "--no-install", "prewarm", "--version"], folder).trim()).toBe(
    version("package.json"),
  );
  expect(run("npx", ["--offline", "--no-install", "prewarm", "warm", "--help"], folder)).toContain("--sitemap");
  const notices = readFileSync(join(folder, "node_modules/prewarm/dist/THIRD-PARTY.txt"), "utf8");
  for (const name of ["commander 14", "log-update 7", "zod 4", "@aws-sdk/client-cloudformation 3"])
    expect(notices).toContain(name);
  expect(notices).not.toContain("No file with its licence");
});

test("what is in the package is no package for development alone: the SBOM lists it", () => {
  const packageSchema = z.object({ version: z.string().optional(), dev: z.boolean().default(false) });
  const lockSchema = z.object({ packages: z.record(z.string(), packageSchema) });
  const { packages } = lockSchema.parse(JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8")));
  const listed = new Set(
    Object.entries(packages).flatMap(([path, { version, dev }]) =>
      dev ? [] : [`${path.split("node_modules/").at(-1)} ${version}`],
    ),
  );
  const notices = readFileSync(join(ROOT, "cli/dist/THIRD-PARTY.txt"), "utf8");
  const delivered = [...notices.matchAll(/^(\S+ \d+\.\d+\.\d+\S*) \(/gm)].map(([, name = ""]) => name);
  expect(delivered.length).toBeGreaterThan(20);
  expect(delivered.filter((name) => !listed.has(name))).toEqual([]);
});

test("both manifests are of the same release", () => {
  const { license, engines } = manifest("package.json");
  expect(manifest("cli/package.json")).toMatchObject({ version: version("package.json"), license, engines });
});

function manifest(path: string) {
  return manifestSchema.parse(JSON.parse(readFileSync(join(ROOT, path), "utf8")));
}

function version(path: string) {
  return manifest(path).version;
}

// The package as npm makes it, in a folder that has nothing else.
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as z from "zod";
import { edgeEnvironment, startEdge } from "../../tools/edge/edge.ts";
import { firstPops } from "../../tools/local/world.ts";
import { spawned } from "../spawned.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "prewarm-package-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** The package, once it is made. */
let tarball = "";

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
  tarball = join(folder, packed?.filename ?? "");
  writeFileSync(join(folder, "package.json"), "{}");
  run("npm", ["install", "--offline", "--no-audit", "--no-fund", tarball], folder);
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

test("installed for all, in a folder that was empty, it warms without a stack", { timeout: 180_000 }, async () => {
  const prefix = join(folder, "global");
  run("npm", ["install", "--global", "--prefix", prefix, "--offline", "--no-audit", "--no-fund", tarball], folder);
  const [site, domain] = ["https://www.example.com", "d111111abcdef8.cloudfront.net"];
  const [pop] = firstPops(1);
  const edge = await startEdge({
    distributions: [{ domain, aliases: [new URL(site).host] }],
    pops: firstPops(1),
    site: { "/a": { size: 1_000 }, "/b": { size: 1_000 } },
    firstAddress: "127.79.20.1",
  });
  try {
    writeFileSync(join(folder, "ca.pem"), edge.caPem);
    const env = {
      PATH: `${dirname(process.execPath)}:${process.env["PATH"]}`,
      HOME: folder,
      XDG_STATE_HOME: folder,
      ...edgeEnvironment(edge, join(folder, "ca.pem")),
    };
    const start = (...words: string[]) => spawned(join(prefix, "bin/prewarm"), words, { env, cwd: folder });
    const command = (...words: string[]) => start(...words).ended;
    let held = false;
    edge.setFaults(({ method, path, headers }) => {
      if (method !== "GET" || path !== "/b" || headers.range !== undefined) return undefined;
      held = true;
      return { kind: "held", until: new Promise(() => undefined) };
    });
    const killed = start("warm", `${site}/a`, `${site}/b`, `${site}/nowhere`, "--pop", pop?.pop ?? "");
    await vi.waitFor(() => expect(held).toBe(true), { timeout: 60_000 });
    killed.child.kill("SIGKILL");
    await killed.ended;
    edge.setFaults(undefined);
    expect(killed.heard.stderr).toContain("No stack is configured, so this machine downloads (direct run).");
    expect((await command("list")).stdout).toContain("Interrupted: no process works on this run");
    expect(await command("resume")).toMatchObject({ code: 2, stdout: expect.stringContaining("/nowhere: HTTP 404") });
    const { code, stdout } = await command("status", "--json");
    const { request_id: id, ...progress } = JSON.parse(stdout);
    expect({ code, progress }).toMatchObject({ code: 2, progress: { status: "FINISHED", warm_count: 2 } });
    // A URL that cannot be read has no task.
    expect((await command("report", "--all")).stdout.trim().split("\n")).toHaveLength(3);
    expect((await command("report", "--html", "-")).stdout).toMatch(/^<!doctype html>/i);
    expect(await command("retry", id)).toMatchObject({ code: 2 });
  } finally {
    await edge.close();
  }
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

test("in a clone, npx says that npm ci comes first, and finds the command after it", () => {
  const { bin } = z.object({ bin: z.object({ prewarm: z.string() }) }).parse(manifestOf("package.json"));
  const clone = join(folder, "clone");
  const launcher = join(clone, bin.prewarm);
  mkdirSync(dirname(launcher), { recursive: true });
  copyFileSync(join(ROOT, bin.prewarm), launcher);
  writeFileSync(join(clone, "package.json"), JSON.stringify({ name: "prewarm", version: "0.1.0", bin }));
  const cache = `--cache=${join(folder, "cache")}`;
  const npx = () => run("sh", ["-c", `npx --offline --yes '${cache}' prewarm 1 2>&1; true`], clone);
  expect(npx()).toMatch(/^prewarm: the command is not built: .*\nRun this first: cd .*clone && npm ci\n$/);
  mkdirSync(join(clone, "cli/dist"));
  writeFileSync(join(clone, "cli/dist/prewarm.cjs"), "console.log('built', process.argv[2])");
  expect(npx()).toBe("built 1\n");
});

test("both manifests are of the same release", () => {
  const { license, engines } = manifest("package.json");
  expect(manifest("cli/package.json")).toMatchObject({ version: version("package.json"), license, engines });
});

function manifest(path: string) {
  return manifestSchema.parse(manifestOf(path));
}

function manifestOf(path: string): unknown {
  return JSON.parse(readFileSync(join(ROOT, path), "utf8"));
}

function version(path: string) {
  return manifest(path).version;
}

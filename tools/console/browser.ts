import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliDecompressSync } from "node:zlib";
import { type Browser, chromium } from "playwright-core";
import { chromiumOnPath } from "../local/chromium-on-path.ts";

const ARGS = ["--no-sandbox"];

/**
 * A real Chromium without a window: the one on the PATH, else the one inside an npm package.
 * @throws Error if neither starts: a test in a browser is never skipped in silence
 */
export async function openBrowser(): Promise<Browser> {
  const own = chromiumOnPath();
  return own === undefined ? openPacked() : chromium.launch({ executablePath: own, args: ARGS });
}

/** With the libraries of the package behind the machine's own, which may lack some. Of its flags none: they switch protections off. */
async function openPacked(): Promise<Browser> {
  // Newer releases need Node 22.
  const { default: packed } = await import("@sparticuz/chromium");
  const executablePath = await packed.executablePath();
  const libraries = [process.env["LD_LIBRARY_PATH"], unpackLibraries()].filter((it) => it !== undefined);
  const env = { ...definedOf(process.env), LD_LIBRARY_PATH: libraries.join(delimiter) };
  return chromium.launch({ executablePath, args: ARGS, env });
}

/** The package unpacks its libraries itself only where it takes the machine for Lambda. @returns their folder */
function unpackLibraries(): string {
  const archive = fileURLToPath(new URL("../../bin/al2023.tar.br", import.meta.resolve("@sparticuz/chromium")));
  const folder = join(tmpdir(), "prewarm-chromium-libraries");
  mkdirSync(folder, { recursive: true });
  execFileSync("tar", ["-x", "-C", folder], { input: brotliDecompressSync(readFileSync(archive)) });
  return join(folder, "lib");
}

function definedOf(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

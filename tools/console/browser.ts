import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
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
  const { default: packed, inflate } = await import("@sparticuz/chromium");
  const executablePath = await packed.executablePath();
  const folder = join(dirname(fileURLToPath(import.meta.resolve("@sparticuz/chromium"))), "..", "bin");
  await inflate(join(folder, "al2023.tar.br"));
  const libraries = [process.env["LD_LIBRARY_PATH"], join(tmpdir(), "al2023", "lib")].filter((it) => it !== undefined);
  const env = { ...definedOf(process.env), LD_LIBRARY_PATH: libraries.join(delimiter) };
  return chromium.launch({ executablePath, args: ARGS, env });
}

function definedOf(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

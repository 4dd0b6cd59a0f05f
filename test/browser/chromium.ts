import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliDecompressSync } from "node:zlib";
import type { LaunchOptions } from "@playwright/test";
import { chromiumOnPath } from "../../tools/local/chromium-on-path.ts";

const ARGS = ["--no-sandbox"];

/** How to launch a Chromium that needs no download: the one on the PATH, else the one inside an npm package. */
export async function chromiumLaunch(): Promise<LaunchOptions> {
  const own = chromiumOnPath();
  if (own !== undefined) return { executablePath: own, args: ARGS };
  // Releases after 147.0.0 need Node 22. Its own flags are not used: they switch protections off.
  const { default: packed } = await import("@sparticuz/chromium");
  const executablePath = await packed.executablePath();
  // The machine's own libraries come first: it may lack some.
  const libraries = [process.env["LD_LIBRARY_PATH"], unpackLibraries()].filter((it) => it !== undefined);
  return { executablePath, args: ARGS, env: { ...process.env, LD_LIBRARY_PATH: libraries.join(delimiter) } };
}

/** The package unpacks its libraries itself only on Lambda. @returns their folder */
function unpackLibraries(): string {
  const archive = fileURLToPath(new URL("../../bin/al2023.tar.br", import.meta.resolve("@sparticuz/chromium")));
  const folder = join(tmpdir(), "prewarm-chromium-libraries");
  mkdirSync(folder, { recursive: true });
  execFileSync("tar", ["-x", "-C", folder], { input: brotliDecompressSync(readFileSync(archive)) });
  return join(folder, "lib");
}

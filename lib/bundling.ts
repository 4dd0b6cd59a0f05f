import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { type Zippable, zipSync } from "fflate";
import { tabIcons } from "../console/parts/tab-icon.ts";
import { reportStyle } from "../console/report/report-style.js";

/** The oldest Node that must run a bundle: developers may have it. AWS runs Node 24. */
export const TARGET = "node20";
/** ES modules first: of those, esbuild can leave out what a bundle does not use. */
export const MAIN_FIELDS = ["module", "main"];
/** CommonJS parts of a bundle call `require`, which an ES module does not have. */
export const BANNER = "import{createRequire}from'node:module';const require=createRequire(import.meta.url);";

/** Modification time of every entry, in local time as zip stores it: the same bytes in every time zone. */
const ZIP_ENTRY_TIME = new Date(1980, 0, 1, 12);

/** A zip that is the same, byte for byte, for the same files. */
export function zipOf(files: Zippable): Uint8Array {
  return zipSync(files, { mtime: ZIP_ENTRY_TIME });
}

/** Writes these files, by name, into a folder that is there while `use` runs. */
export function withFiles<T>(files: Readonly<Record<string, string | Uint8Array>>, use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "prewarm-"));
  try {
    for (const [name, contents] of Object.entries(files)) writeFileSync(join(folder, name), contents);
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const CONSOLE = join(ROOT, "console");
/** Browsers of the last three years. */
const BROWSERS = ["chrome111", "firefox111", "safari16.4"];

/** The console's files by name: scripts and a style, each with a hash in its name, the page, its icon, the licences. */
export function consoleFiles(): Record<string, string> {
  const { outputFiles, metafile } = buildSync({
    entryPoints: [join(CONSOLE, "main.tsx"), join(CONSOLE, "theme/page.css")],
    // Nothing is written.
    outdir: join(CONSOLE, "out"),
    write: false,
    absWorkingDir: ROOT,
    // What is fetched later has files of its own.
    splitting: true,
    chunkNames: "[name]-[hash]",
    // Each file imports it first: files that several others share come before main.tsx.
    inject: [join(CONSOLE, "no-made-functions.ts")],
    bundle: true,
    minify: true,
    metafile: true,
    logLevel: "warning",
    entryNames: "[name]-[hash]",
    format: "esm",
    platform: "browser",
    target: BROWSERS,
    charset: "utf8",
    jsx: "automatic",
    jsxImportSource: "preact",
    legalComments: "none",
    define: reportStyle({ buildSync }).define,
  });
  const built = Object.fromEntries(outputFiles.map(({ path, text }) => [basename(path), text]));
  const nameOf = (entry: RegExp) => Object.keys(built).find((name) => entry.test(name)) ?? "";
  const page = readFileSync(join(CONSOLE, "index.html"), "utf8")
    .replace("main.tsx", nameOf(/^main-\w+\.js$/))
    .replace("theme/page.css", nameOf(/^page-\w+\.css$/));
  return {
    ...built,
    "index.html": page,
    "icon.svg": readFileSync(join(CONSOLE, "icon.svg"), "utf8"),
    ...tabIcons(),
    "licences.txt": licencesOf(Object.keys(metafile.inputs)),
  };
}

/** The licence of each package that is in the bundle: they ask for their text to go with it. @param inputs paths below the root */
function licencesOf(inputs: readonly string[]): string {
  const folders = inputs.flatMap((path) => /^.*node_modules\/(@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0] ?? []);
  const licences = [...new Set(folders)].sort().map((folder) => {
    const name = folder.replace(/^.*node_modules\//, "");
    return `${name}\n\n${licenceIn(join(ROOT, folder))}`;
  });
  return licences.join("\n\n---\n\n");
}

function licenceIn(folder: string): string {
  const file = readdirSync(folder).find((name) => /^license/i.test(name));
  if (file === undefined) throw new Error(`${folder} has no licence file`);
  return readFileSync(join(folder, file), "utf8").trim();
}

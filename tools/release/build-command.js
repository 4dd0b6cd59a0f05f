// Builds the command: five files that need no package, and the notices of what is in them. npm runs this after `npm ci`
// (`prepare`) and before it packs (`prepack`), so it is JavaScript and needs esbuild alone.
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { reportStyle } from "../../console/report/report-style.js";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const DIST = join(ROOT, "cli", "dist");

const esbuild = await import("esbuild").catch(() => undefined);
// Who installs without what only development needs has no command, and can go on.
if (esbuild === undefined) console.error("cli/dist was not built: esbuild is not installed");
else await build(esbuild);

/** @param {typeof import("esbuild")} esbuild */
async function build(esbuild) {
  mkdirSync(DIST, { recursive: true });
  const style = reportStyle(esbuild);
  // V8 reads all of a file before it runs any of it. So what the commands do is a file beside the one with their words; the direct
  // engine, what asks CloudFront for it, and the doctor with the clients of many AWS services, are three others.
  const inputs = await Promise.all([
    bundle(esbuild, "cli/main.ts", "prewarm.cjs", 0o755),
    bundle(esbuild, "cli/actions/all.ts", "actions.cjs", 0o644, style.define),
    bundle(esbuild, "cli/direct/direct.ts", "direct.cjs", 0o644),
    bundle(esbuild, "cli/direct/cloudfront.ts", "cloudfront.cjs", 0o644),
    bundle(esbuild, "cli/doctor/doctor.ts", "doctor.cjs", 0o644),
  ]);
  put(join(DIST, "THIRD-PARTY.txt"), notices([...inputs.flat(), ...style.inputs]), 0o644);
  copyFileSync(join(ROOT, "LICENSE"), join(DIST, "LICENSE"));
}

/**
 * @param {typeof import("esbuild")} esbuild
 * @param {string} entry from the root
 * @param {string} name of the file
 * @param {number} mode
 * @param {Record<string, string>} [define] what its code finds in place of these names
 * @returns {Promise<string[]>} what is in it, from the root
 */
async function bundle(esbuild, entry, name, mode, define = {}) {
  const { metafile, outputFiles } = await esbuild.build({
    entryPoints: [join(ROOT, entry)],
    outfile: join(DIST, name),
    absWorkingDir: ROOT,
    plugins: [
      {
        name: "files of their own",
        setup: ({ onResolve }) =>
          onResolve({ filter: /\/(actions\/all|direct|cloudfront|doctor\/doctor)\.ts$/ }, ({ kind, path }) => {
            const [, name] = /(\w+)\.ts$/.exec(path) ?? [];
            const file = name === "all" ? "actions" : name;
            return kind === "dynamic-import" ? { path: `./${file}.cjs`, external: true } : undefined;
          }),
      },
    ],
    bundle: true,
    platform: "node",
    target: "node20",
    // A module imports all that it may ever need when it starts; this loads Node's own modules where they are used.
    format: "cjs",
    // Node looks through what a CommonJS file imports for the names that it exports, which takes longer than to run it.
    supported: { "dynamic-import": false },
    mainFields: ["module", "main"],
    jsx: "automatic",
    jsxImportSource: "preact",
    define: { "import.meta.url": "hereUrl", ...define },
    minify: true,
    legalComments: "none",
    metafile: true,
    write: false,
    logLevel: "warning",
    banner: {
      js: '#!/usr/bin/env node\nconst hereUrl = require("node:url").pathToFileURL(__filename).href;',
    },
  });
  for (const { path, contents } of outputFiles) put(path, contents, mode);
  return Object.keys(metafile.inputs);
}

/**
 * Writes a file as a whole: somebody may run or pack it at the same moment.
 * @param {string} path
 * @param {string | Uint8Array} contents
 * @param {number} mode
 */
function put(path, contents, mode) {
  const part = `${path}.${process.pid}.part`;
  writeFileSync(part, contents, { mode });
  renameSync(part, path);
}

/**
 * The licence of each package that is in the bundle; packages with the same text stand together.
 * @param {readonly string[]} inputs files of the bundles, from the root
 */
function notices(inputs) {
  const folders = inputs.flatMap((path) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []);
  /** @type {Map<string, string[]>} */
  const byText = new Map();
  for (const folder of [...new Set(folders)].sort()) {
    const { name, version, license } = JSON.parse(readFileSync(join(ROOT, folder, "package.json"), "utf8"));
    const text = licenceText(join(ROOT, folder), name, license);
    byText.set(text, [...(byText.get(text) ?? []), `${name} ${version} (${license})`]);
  }
  const parts = [...byText].map(([text, packages]) => `${packages.join("\n")}\n\n${text}\n`);
  return `The command is made of these packages besides its own code.\n\n${parts.join(`\n${"-".repeat(80)}\n\n`)}`;
}

/**
 * @param {string} folder of a package
 * @param {string} name of the package
 * @param {string} license its name
 */
function licenceText(folder, name, license) {
  const names = readdirSync(folder).filter((name) => /^(licen[cs]e|notice)(\.|$|-)/i.test(name));
  const texts = names.map((name) => readFileSync(join(folder, name), "utf8").replaceAll("\r", "").trim());
  if (texts.length > 0) return texts.join("\n\n");
  // Of a package that has it in its repository alone.
  const kept = join(ROOT, "tools/release/licences", `${name}.txt`);
  if (existsSync(kept)) return readFileSync(kept, "utf8").trim();
  // Some packages of the AWS SDK have the name alone. It is the licence of the command, too.
  return license === "Apache-2.0"
    ? "The file LICENSE beside this one has the text of its licence."
    : "No file with its licence is in the package.";
}

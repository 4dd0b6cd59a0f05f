// Part of the builds of the console and of the command. JavaScript, because the command's build (tools/release/build-command.js) runs where only Node and esbuild are.
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/**
 * The style of the report page in one text, and its hash for the page's policy. Notices of packages stay in it: the page is sent on
 * without the files that have them.
 * @param {Pick<typeof import("esbuild"), "buildSync">} esbuild
 * @returns {{ style: { css: string, hash: string }, define: Record<string, string>, inputs: string[] }} `define`: how a bundle has
 *   it put in where it is used, in console/report/built-style.ts; `inputs`: its files, from the root
 */
export function reportStyle({ buildSync }) {
  const { outputFiles, metafile } = buildSync({
    entryPoints: ["console/theme/report.css"],
    absWorkingDir: ROOT,
    outdir: "none",
    write: false,
    metafile: true,
    bundle: true,
    minify: true,
    charset: "utf8",
    legalComments: "inline",
    logLevel: "warning",
    target: ["chrome111", "firefox111", "safari16.4"],
  });
  const css = (outputFiles[0]?.text ?? "").trim();
  const hash = `sha256-${createHash("sha256").update(css).digest("base64")}`;
  // Two texts: an object would be put into what the console loads first.
  const define = { REPORT_CSS: JSON.stringify(css), REPORT_CSS_HASH: JSON.stringify(hash) };
  return { style: { css, hash }, define, inputs: Object.keys(metafile.inputs) };
}

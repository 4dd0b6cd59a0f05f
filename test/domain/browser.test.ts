// What a page takes from domain/ runs without Node: the words, the catalogue and what is chosen from it.
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createContext, runInContext } from "node:vm";
import { build } from "esbuild";
import { expect, it } from "vitest";

const DOMAIN = fileURLToPath(new URL("../../domain/", import.meta.url));
const all = (folder: string) => readdirSync(`${DOMAIN}${folder}`).map((file) => `${folder}${file}`);
/** They recount a request. */
const NOT_IN_A_BROWSER = ["readiness/coverage.ts", "readiness/recount.ts", "readiness/report-writer.ts"];
const FILES = [
  ...[...all("readiness/"), ...all("pops/")].filter((file) => !NOT_IN_A_BROWSER.includes(file)),
  ...["result/failure.ts", "result/outcome.ts", "result/heat-strip.ts", "request/samples.ts"],
  ...["request/lifecycle.ts", "timestamps.ts", "net/urls.ts", "format.ts"],
];

/** Loads files, with all that they import, where there is nothing of Node. */
async function loadInBrowser(files: readonly string[]): Promise<void> {
  const stdin = { contents: files.map((file) => `import "./${file}";`).join("\n"), resolveDir: DOMAIN };
  const bundle = await build({ stdin, bundle: true, platform: "browser", write: false, logLevel: "silent" });
  runInContext(bundle.outputFiles[0]?.text ?? "", createContext({ URL, TextEncoder, TextDecoder }));
}

it("the files that a page imports load without Node", () => expect(loadInBrowser(FILES)).resolves.toBeUndefined());

it("a file that asks for something of Node does not", () =>
  expect(loadInBrowser(["retry.ts"])).rejects.toThrow("node:timers/promises"));

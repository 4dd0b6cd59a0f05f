import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { BrowserContext } from "playwright-core";

const SHEET = createRequire(import.meta.url).resolve("@fontsource-variable/noto-sans-sc/index.css");
const ADDRESS = "/picture-fonts/";

/**
 * The page has the fonts of its reader's system. In pictures they are the same on every machine: Noto Sans SC has both languages.
 * @returns the style that a page needs; what it loads is answered from the package
 */
export async function serveFonts(context: BrowserContext): Promise<string> {
  await context.route(`**${ADDRESS}*`, (route) => {
    const name = new URL(route.request().url()).pathname.split("/").at(-1) ?? "";
    return route.fulfill({ path: join(dirname(SHEET), "files", name) });
  });
  const faces = readFileSync(SHEET, "utf8").replaceAll("./files/", ADDRESS);
  return `${faces}\n:root, :root:lang(zh) { --sans: "Noto Sans SC Variable", sans-serif }`;
}

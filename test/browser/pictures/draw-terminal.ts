import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Browser } from "@playwright/test";
import { ROOT } from "../../../tools/local/paths.ts";
import { take } from "./photograph.ts";

const { resolve } = createRequire(import.meta.url);

/** The console's dark colours, so that both look alike. */
const DARK = readFileSync(join(ROOT, "console/theme/tokens.css"), "utf8").split("prefers-color-scheme: dark")[1] ?? "";

function colour(name: string): string {
  const value = new RegExp(`--${name}: (#[0-9a-f]{6})`).exec(DARK)?.[1];
  if (value === undefined) throw new Error(`console/theme/tokens.css has no dark ${name}`);
  return value;
}

const THEME = {
  background: colour("bg"),
  foreground: colour("text"),
  cursor: colour("bg"),
  green: colour("warm"),
  blue: colour("hit"),
  yellow: colour("not-kept"),
  red: colour("failed"),
  magenta: colour("under-way"),
  white: colour("done"),
  brightBlack: colour("control"),
};

/** Fonts that have blocks and circles. */
const OPTIONS = {
  theme: THEME,
  fontFamily: "'DejaVu Sans Mono', Menlo, Consolas, monospace",
  fontSize: 15,
  lineHeight: 1.3,
  scrollback: 0,
  disableStdin: true,
  drawBoldTextInBrightColors: false,
};

/**
 * A picture of a terminal as it stands after a text with escape codes: xterm.js reads them, and draws in the browser.
 * @param columns cells of a line; lines are as many as are used
 */
export async function drawTerminal(browser: Browser, text: string, columns: number, path: string): Promise<void> {
  const page = await browser.newPage({ viewport: { width: 1_200, height: 1_000 } });
  try {
    await page.setContent('<div id="frame"><div id="terminal"></div></div>');
    await page.addStyleTag({ path: resolve("@xterm/xterm/css/xterm.css") });
    await page.addStyleTag({
      content: `body { margin: 0 } #frame { display: inline-block; padding: 24px 28px 4px; background: ${THEME.background} }`,
    });
    await page.addScriptTag({ path: resolve("@xterm/xterm") });
    await page.evaluate(`(async () => {
      const terminal = new Terminal({ cols: ${columns}, rows: 60, ...${JSON.stringify(OPTIONS)} });
      terminal.open(document.getElementById("terminal"));
      await new Promise((done) => terminal.write(${JSON.stringify(text)}, done));
      // The cursor has a line of its own, below all.
      terminal.resize(${columns}, terminal.buffer.active.cursorY + 1);
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    })()`);
    const frame = await page.locator("#frame").boundingBox();
    if (frame === null) throw new Error("The terminal is not drawn");
    await take(page, frame, path);
  } finally {
    await page.close();
  }
}

// npm run lab console: the console in a real browser. First every view with made-up answers, then runs against the local stack: with 12
// POPs and with 400, in both languages. `views`, `journey` or `many`: that part alone. `--short`, as in `npm run test:rest`: two windows, which
// have both languages, themes and widths, and the run with 12 POPs in one language.
import { mkdirSync } from "node:fs";
import { LANGUAGES } from "../../domain/format.ts";
import { startLocalPrewarm } from "../local/local-prewarm.ts";
import { freePort } from "../local/ports.ts";
import { openBrowser } from "./browser.ts";
import { deepLink } from "./deep-link.ts";
import { journey, journeyOfMany } from "./journey/journey.ts";
import { TROUBLED_WORLD } from "./journey/trouble.ts";
import { lookAtReport } from "./look-at-report.ts";
import { openPageServer } from "./page-server.ts";
import { PICTURES } from "./pictures.ts";
import { unknownRequest } from "./unknown-request.ts";
import { useForm } from "./use-form.ts";
import { lookAtViews } from "./views.ts";

const WINDOWS = [
  { width: 1280, height: 800 },
  { width: 1280, height: 800, language: "zh", dark: true },
  { width: 820, height: 1000, dark: true },
  { width: 390, height: 844 },
  { width: 390, height: 844, language: "zh", dark: true },
] as const;
const THEMES = ["light", "dark"] as const;
const SHORT = [WINDOWS[0], WINDOWS[4]];

const isShort = process.argv.includes("--short");
const parts = process.argv.slice(2).filter((word) => word !== "--short");
const runs = (part: string) => parts.length === 0 || parts.includes(part);
const say = (line: string) => console.log(line);

mkdirSync(PICTURES, { recursive: true });
const browser = await openBrowser();
const wrong: string[] = [];
try {
  if (runs("views")) wrong.push(...(await views()));
  if (runs("journey") || runs("many")) wrong.push(...(await journeys()));
} finally {
  await browser.close();
}
for (const fault of wrong) console.error(`WRONG: ${fault}`);
say(`${PICTURES} has the pictures; ${wrong.length} faults`);
process.exitCode = wrong.length === 0 ? 0 : 1;

async function views(): Promise<string[]> {
  const server = await openPageServer();
  try {
    const found: string[] = [];
    for (const window of isShort ? SHORT : WINDOWS) {
      found.push(...(await lookAtViews(browser, server, window)));
      found.push(...(await lookAtReport(browser, server, window)));
    }
    found.push(...(await deepLink(browser, server)));
    found.push(...(await unknownRequest(browser, server)));
    found.push(...(await useForm(browser, server, { width: 1280, height: 800 })));
    return found;
  } finally {
    await server.close();
  }
}

async function journeys(): Promise<string[]> {
  const prewarm = await startLocalPrewarm({ edge: TROUBLED_WORLD, port: await freePort(), say });
  const found: string[] = [];
  try {
    for (const language of isShort ? (["en"] as const) : LANGUAGES) {
      const options = { browser, prewarm, language, say, themes: isShort ? (["light"] as const) : THEMES };
      if (runs("journey")) found.push(...(await journey(options)));
      if (runs("many") && !isShort) found.push(...(await journeyOfMany(options)));
    }
    return found;
  } finally {
    await prewarm.close();
  }
}

// npm run test:console: the console in a real browser. First every view with made-up answers, then a run against the local stack.
import { openBrowser } from "./browser.ts";
import { openPageServer } from "./page-server.ts";
import { lookAtViews, PICTURES } from "./views.ts";

const WINDOWS = [
  { width: 1280, height: 800 },
  { width: 1280, height: 800, language: "zh", dark: true },
  { width: 820, height: 1000, dark: true },
  { width: 390, height: 844 },
  { width: 390, height: 844, language: "zh", dark: true },
] as const;

const browser = await openBrowser();
const server = await openPageServer();
const wrong: string[] = [];
try {
  for (const window of WINDOWS) wrong.push(...(await lookAtViews(browser, server, window)));
} finally {
  await browser.close();
  await server.close();
}
for (const fault of wrong) console.error(`WRONG: ${fault}`);
console.log(`${PICTURES} has the pictures; ${wrong.length} faults`);
process.exitCode = wrong.length === 0 ? 0 : 1;

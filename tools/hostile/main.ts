import { answers } from "./answers.ts";
import { bodies } from "./bodies.ts";
import { forged } from "./forged.ts";
import { hostileReport, runParts, wrongIn } from "./lab.ts";
import { names as hostileNames } from "./names.ts";
import { parseHostileOptions } from "./options.ts";
import type { HostilePart } from "./part.ts";
import { slowDrip } from "./slow-drip.ts";
import { webPage } from "./web-page.ts";

/** Every part of the lab. A new one is a line here. */
const PARTS: readonly HostilePart[] = [bodies, hostileNames, answers, slowDrip, forged, webPage];

const say = (line: string) => console.log(line);
try {
  const names = PARTS.map(({ name }) => name);
  const options = parseHostileOptions(process.argv.slice(2), names);
  const chosen = PARTS.filter(({ name }) => options.parts.includes(name));
  const reports = await runParts(chosen, options.scale, say);
  say(`\n${hostileReport(reports)}`);
  process.exitCode = wrongIn(reports) === 0 ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}

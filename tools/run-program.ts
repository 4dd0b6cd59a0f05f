// `npm run lab NAME` and `npm run gen WHAT`. The program runs in this process: a signal reaches it as if it had been started itself.
import { GENERATORS, LABS } from "./programs.ts";

const [kind, name = "", ...more] = process.argv.slice(2);
const programs = kind === "gen" ? GENERATORS : LABS;
// A lab is a scenario, or one of those that still have a program of their own.
const program = programs[name] ?? (kind === "lab" ? ["tools/lab/main.ts", name] : undefined);
if (program === undefined) {
  console.error(`Usage: npm run ${kind} NAME; there are ${Object.keys(programs).join(", ")}`);
  process.exitCode = 2;
} else {
  const [module, ...args] = program;
  process.argv.splice(2, Number.POSITIVE_INFINITY, ...args, ...more);
  await import(new URL(`../${module}`, import.meta.url).href);
}

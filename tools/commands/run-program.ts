import { isMain, ROOT } from "../root.ts";

/** A module that does its work when it is imported, and its first arguments. */
type Program = readonly [module: string, ...args: string[]];

/** `npm run gen WHAT`: makes what is kept in the repository, though a program writes it. */
export const GENERATORS: Readonly<Record<string, Program>> = {
  docs: ["tools/commands/generate.ts", "docs"],
  map: ["tools/commands/generate.ts", "map"],
  pictures: ["node_modules/@playwright/test/cli.js", "test", "--config", "test/browser/pictures/playwright.config.ts"],
};

// The program runs in this process: a signal reaches it as if it had been started itself.
if (isMain(import.meta.url)) {
  const [name = "", ...more] = process.argv.slice(2);
  const program = GENERATORS[name];
  if (program === undefined) {
    console.error(`Usage: npm run gen NAME; there are ${Object.keys(GENERATORS).join(", ")}`);
    process.exitCode = 2;
  } else {
    const [module, ...args] = program;
    process.argv.splice(2, Number.POSITIVE_INFINITY, ...args, ...more);
    await import(`${ROOT}${module}`);
  }
}

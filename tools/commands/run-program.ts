import { isMain, ROOT } from "../root.ts";

/** A module that does its work when it is imported, and its first arguments. */
type Program = readonly [module: string, ...args: string[]];

/** `npm run lab NAME` */
export const LABS: Readonly<Record<string, Program>> = {
  hostile: ["tools/hostile/main.ts"],
  limiter: ["node_modules/vitest/vitest.mjs", "run", "--project", "limiter-matrix"],
};

/** `npm run gen WHAT`: makes what is kept in the repository, though a program writes it. */
export const GENERATORS: Readonly<Record<string, Program>> = {
  docs: ["tools/commands/generate.ts", "docs"],
  map: ["tools/commands/generate.ts", "map"],
  pictures: ["node_modules/@playwright/test/cli.js", "test", "--config", "test/browser/pictures/playwright.config.ts"],
};

// `npm run lab NAME` and `npm run gen WHAT`. The program runs in this process: a signal reaches it as if it had been started itself.
if (isMain(import.meta.url)) {
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
    await import(`${ROOT}${module}`);
  }
}

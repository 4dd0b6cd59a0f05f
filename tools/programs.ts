/** What `npm run test:rest` runs: each is a program with its arguments. */
export const CHECKS: Readonly<Record<string, readonly [program: string, ...args: string[]]>> = {
  types: ["npm", "run", "--silent", "types"],
  templates: ["npx", "tsx", "tools/checks/lint-templates.ts"],
  lint: ["npm", "run", "--silent", "lint"],
  nag: ["npx", "tsx", "tools/release/nag.ts"],
  coverage: ["npx", "tsx", "tools/checks/coverage.ts"],
  planted: ["npx", "tsx", "test/planted/run.ts"],
  "crash-points": ["npx", "vitest", "run", "--project", "crash-points"],
  "pipeline-long": ["npx", "vitest", "run", "--project", "pipeline-long"],
  e2e: ["npx", "vitest", "run", "--project", "rest"],
  // Two windows, which have both languages, themes and widths between them, and the shorter journey in one language.
  browser: [
    "npx",
    ...["playwright", "test", "--grep-invert", "@long", "--project", "stack", "--project", "actions"],
    ...["--project", "desktop", "--project", "phone-zh-dark"],
  ],
};

/** A module that does its work when it is imported, and its first arguments. */
type Program = readonly [module: string, ...args: string[]];

/** `npm run lab NAME` */
export const LABS: Readonly<Record<string, Program>> = {
  hostile: ["tools/hostile/main.ts"],
  limiter: ["node_modules/vitest/vitest.mjs", "run", "--project", "limiter-matrix"],
};

/** `npm run gen WHAT`: makes what is kept in the repository, though a program writes it. */
export const GENERATORS: Readonly<Record<string, Program>> = {
  docs: ["tools/generate.ts", "docs"],
  map: ["tools/generate.ts", "map"],
  pictures: ["node_modules/@playwright/test/cli.js", "test", "--config", "test/browser/pictures/playwright.config.ts"],
};

/** What `npm run test:rest` runs, each by its arguments for npx. */
export const CHECKS: Readonly<Record<string, readonly string[]>> = {
  types: ["npm", "run", "types"],
  templates: ["tsx", "tools/release/lint-templates.ts"],
  lint: ["npm", "run", "lint"],
  nag: ["tsx", "tools/release/nag.ts"],
  openapi: ["tsx", "tools/description/lint-openapi.ts"],
  coverage: ["tsx", "tools/test-coverage/main.ts"],
  planted: ["tsx", "test/planted/run.ts"],
  "crash-points": ["vitest", "run", "--project", "crash-points"],
  "pipeline-long": ["vitest", "run", "--project", "pipeline-long"],
  e2e: ["vitest", "run", "--project", "rest"],
};

/** These need one thread each, and are run at the same time. */
const QUICK = ["types", "templates", "lint", "nag", "openapi"];

/** Groups of checks, one after the other. @param names @default all */
export function groupsOf(names: readonly string[]): string[][] {
  const wanted = names.length === 0 ? Object.keys(CHECKS) : [...new Set(names)];
  const quick = wanted.filter((name) => QUICK.includes(name));
  const others = wanted.filter((name) => !QUICK.includes(name)).map((name) => [name]);
  return quick.length === 0 ? others : [quick, ...others];
}

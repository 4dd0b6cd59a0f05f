/** The labs, each by its arguments for npx. */
export const LABS: Readonly<Record<string, readonly string[]>> = {
  console: ["tsx", "tools/console/main.ts"],
  faults: ["tsx", "tools/faults/main.ts"],
  hostile: ["tsx", "tools/hostile/main.ts"],
  large: ["tsx", "tools/large/main.ts"],
  limiter: ["vitest", "run", "--project", "limiter-matrix"],
  warmth: ["tsx", "tools/warmth/main.ts"],
};

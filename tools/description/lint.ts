import { createConfig, lint } from "@redocly/openapi-core";

/** What a linter has against a description in a file, a line each: errors and warnings. */
export async function lintFaults(path: string): Promise<string[]> {
  const config = await createConfig({ extends: ["recommended"] });
  const problems = await lint({ ref: path, config });
  return problems.map(
    ({ severity, ruleId, message, location }) => `${severity} ${ruleId}: ${message} (${location[0]?.pointer ?? ""})`,
  );
}

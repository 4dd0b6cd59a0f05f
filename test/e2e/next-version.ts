// Provides the project's next version, to update a deployed stack to.
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { ROOT, RUN } from "../../tools/local/paths.ts";

const SAYS = "the next version";
/** What the next version's functions and agents log at their start. */
export const NEXT_VERSION = new RegExp(SAYS);

/** All that a deployment is made of. */
const PARTS = [
  ...["agent", "aws", "bin", "client", "console", "domain", "lambdas", "lib", "probe", "docs/openapi.json"],
  ...["cdk.json", "tsconfig.json", "package.json", "package-lock.json"],
];

/** A copy of the project as its next version may be: other functions, another agent, another API. Returns its folder. */
export function nextVersion() {
  const folder = `${RUN}next/`;
  mkdirSync(folder, { recursive: true });
  for (const part of PARTS) cpSync(ROOT + part, folder + part, { recursive: true });
  const change = (file: string, by: (text: string) => string) => {
    const text = readFileSync(folder + file, "utf8");
    if (by(text) === text) throw new Error(`${file} is as it was`);
    writeFileSync(folder + file, by(text));
  };
  for (const entry of readdirSync(`${folder}lambdas`, { withFileTypes: true })) {
    if (entry.isDirectory()) change(`lambdas/${entry.name}/index.ts`, (text) => `console.log("${SAYS}");\n${text}`);
  }
  change("agent/main.ts", (text) => `console.log("${SAYS}");\n${text}`);
  change("lib/api.ts", (text) => text.replace("Unknown route;", "No such route;"));
  return folder;
}

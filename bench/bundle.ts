import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { LOCAL, ROOT } from "../local/paths.ts";

export const BUILT = `${LOCAL}bench/`;
const SYNTH = `${BUILT}cdk.out`;

/** Bundles one of our workers as the agent is bundled: what tsx adds to functions would be measured, too. */
export function bundleWorker(name: string): string {
  const outfile = `${BUILT}${name}.mjs`;
  buildSync({
    entryPoints: [fileURLToPath(new URL(`workers/${name}.ts`, import.meta.url))],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    mainFields: ["module", "main"],
    minifySyntax: true,
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
    logLevel: "warning",
  });
  return outfile;
}

/** What `cdk synth` would upload: the agent's bundle, and each Lambda's by name. */
export interface Deployables {
  readonly agent: string;
  readonly lambdas: ReadonlyMap<string, string>;
}

export function synthesize(): Deployables {
  execFileSync("npx", ["cdk", "synth", "--quiet", "--output", SYNTH, "PrewarmStack"], { cwd: ROOT, stdio: "pipe" });
  const template = JSON.parse(readFileSync(`${SYNTH}/PrewarmStack.template.json`, "utf8")) as {
    Resources: Record<string, { Type: string; Metadata?: Record<string, string> }>;
  };
  const lambdas = Object.entries(template.Resources).flatMap(([id, { Type, Metadata }]): [string, string][] => {
    const asset = Metadata?.["aws:asset:path"];
    if (Type !== "AWS::Lambda::Function" || asset === undefined) return [];
    return [[id.replace(/^Prewarm(Pipeline)?/, "").replace(/[0-9A-F]{8}$/, ""), `${SYNTH}/${asset}/index.mjs`]];
  });
  const agent = readdirSync(SYNTH).find((name) => existsSync(`${SYNTH}/${name}/main.mjs`));
  return { agent: `${SYNTH}/${agent}/main.mjs`, lambdas: new Map(lambdas) };
}

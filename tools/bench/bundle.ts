import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { unzipSync } from "fflate";
import { BUILT } from "../local/bundle-worker.ts";
import { ROOT } from "../local/paths.ts";
import { ConfiguredStack, stackTemplateSchema } from "../release/stack-template.ts";

const SYNTH = `${BUILT}cdk.out`;

/** What `cdk synth` would upload: the agent's bundle, and each Lambda's by name, with its environment. */
interface Deployables {
  readonly agent: string;
  readonly lambdas: ReadonlyMap<string, string>;
  readonly environments: ReadonlyMap<string, Readonly<Record<string, string>>>;
}

let synthesized: Deployables | undefined;

/** Runs `cdk synth`, once. */
export function synthesize(): Deployables {
  synthesized ??= synthesizeNow();
  return synthesized;
}

function synthesizeNow(): Deployables {
  // Otherwise the agent of an earlier run would be found, too.
  rmSync(SYNTH, { recursive: true, force: true });
  execFileSync("npx", ["cdk", "synth", "--quiet", "--output", SYNTH], { cwd: ROOT, stdio: "pipe" });
  const template = JSON.parse(readFileSync(`${SYNTH}/PrewarmStack.template.json`, "utf8"));
  const stack = new ConfiguredStack(stackTemplateSchema.parse(template));
  const lambdas = new Map<string, string>();
  const environments = new Map<string, Record<string, string>>();
  for (const [id, { Metadata, Properties }] of stack.of("AWS::Lambda::Function")) {
    const file = `${SYNTH}/${Object(Metadata)["aws:asset:path"]}/index.mjs`;
    // Functions that are not ours are left out.
    if (!existsSync(file)) continue;
    const name = id.replace(/^Prewarm(Pipeline)?/, "").replace(/[0-9A-F]{8}$/, "");
    const variables = Object.entries(Object(Object(Properties["Environment"]).Variables));
    lambdas.set(name, file);
    environments.set(name, Object.fromEntries(variables.map(([key, value]) => [key, stack.text(value)])));
  }
  return { agent: unpackAgent(), lambdas, environments };
}

/** The agent is the one asset that is a zip. @returns its bundle's path @throws Error if there is none */
function unpackAgent(): string {
  const zip = readdirSync(SYNTH).find((name) => name.endsWith(".zip"));
  if (zip === undefined) throw new Error(`cdk synth left no zip of the agent in ${SYNTH}`);
  const folder = `${BUILT}agent/`;
  mkdirSync(folder, { recursive: true });
  for (const [name, bytes] of Object.entries(unzipSync(readFileSync(`${SYNTH}/${zip}`))))
    writeFileSync(folder + name, bytes);
  return `${folder}main.mjs`;
}

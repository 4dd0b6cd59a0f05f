import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { unzipSync } from "fflate";
import * as z from "zod";
import { BUILT } from "../local/bundle-worker.ts";
import { ROOT } from "../local/paths.ts";

const SYNTH = `${BUILT}cdk.out`;

/** What `cdk synth` would upload: the agent's bundle, and each Lambda's by name, with its environment. */
interface Deployables {
  readonly agent: string;
  readonly lambdas: ReadonlyMap<string, string>;
  readonly environments: ReadonlyMap<string, Readonly<Record<string, string>>>;
}

const templateSchema = z.object({
  Parameters: z.record(z.string(), z.object({ Default: z.union([z.string(), z.number()]).optional() })),
  Resources: z.record(
    z.string(),
    z.object({
      Type: z.string(),
      Metadata: z.record(z.string(), z.unknown()).optional(),
      Properties: z
        .object({ Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }).optional() })
        .optional(),
    }),
  ),
});

let synthesized: Deployables | undefined;

/** Runs `cdk synth`, once. */
export function synthesize(): Deployables {
  synthesized ??= synthesizeNow();
  return synthesized;
}

function synthesizeNow(): Deployables {
  // Otherwise the agent of an earlier run would be found, too.
  rmSync(SYNTH, { recursive: true, force: true });
  execFileSync("npx", ["cdk", "synth", "--quiet", "--output", SYNTH, "PrewarmStack"], { cwd: ROOT, stdio: "pipe" });
  const template = templateSchema.parse(JSON.parse(readFileSync(`${SYNTH}/PrewarmStack.template.json`, "utf8")));
  const lambdas = new Map<string, string>();
  const environments = new Map<string, Record<string, string>>();
  for (const [id, { Type, Metadata, Properties }] of Object.entries(template.Resources)) {
    const asset = Metadata?.["aws:asset:path"];
    const file = `${SYNTH}/${asset}/index.mjs`;
    // Functions that are not ours are left out.
    if (Type !== "AWS::Lambda::Function" || !existsSync(file)) continue;
    const name = id.replace(/^Prewarm(Pipeline)?/, "").replace(/[0-9A-F]{8}$/, "");
    lambdas.set(name, file);
    environments.set(name, withoutReferences(Properties?.Environment?.Variables ?? {}, template.Parameters));
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

const refSchema = z.object({ Ref: z.string() });

/** Parameters have their defaults. What only a deployment knows becomes a URL, which every other schema accepts. */
function withoutReferences(
  variables: Readonly<Record<string, unknown>>,
  parameters: z.infer<typeof templateSchema>["Parameters"],
): Record<string, string> {
  const plain = (value: unknown) => {
    if (typeof value === "string") return value;
    return String(parameters[refSchema.safeParse(value).data?.Ref ?? ""]?.Default ?? "https://example.com/x");
  };
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, plain(value)]));
}

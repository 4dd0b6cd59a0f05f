import { readFileSync, writeFileSync } from "node:fs";
import { cdk } from "../local/cdk.ts";
import type { Aws } from "../local/emulator.ts";
import { ROOT, RUN } from "../local/paths.ts";
import { forMoto, type Template, templateSchema } from "./template.ts";

const ASSEMBLY = `${RUN}moto-templates`;

/** What `cdk synth` makes, for moto. */
export interface Assembly {
  /** A stack's template, as it is deployed. */
  readonly template: (stackName: string) => Template;
  /** Runs a command of the CDK on it. */
  readonly cdk: (...args: readonly string[]) => Promise<string>;
}

/** Synthesizes the stacks as `cdk deploy` does, and rewrites each template as moto needs it. */
export async function synthesize(aws: Aws, stackNames: readonly string[]): Promise<Assembly> {
  await cdk(aws, ["synth", "--quiet"], ROOT, ASSEMBLY);
  const templates = new Map(stackNames.map((name) => [name, rewrite(`${ASSEMBLY}/${name}.template.json`)]));
  return {
    template: (stackName) => templates.get(stackName) ?? { Resources: {} },
    cdk: (...args) => cdk(aws, [...args, "--app", ASSEMBLY], ROOT, ASSEMBLY),
  };
}

function rewrite(file: string): Template {
  const template = forMoto(templateSchema.parse(JSON.parse(readFileSync(file, "utf8"))));
  writeFileSync(file, JSON.stringify(template, null, 1));
  return template;
}

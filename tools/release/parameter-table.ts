import * as z from "zod";
import { type StackName, stackTemplates } from "../cost/stack-templates.ts";
import { table } from "../markdown-table.ts";
import { code } from "./part-tables.ts";

/** What CloudFormation's console shows of parameters. */
const metadataSchema = z.object({
  "AWS::CloudFormation::Interface": z.object({
    ParameterGroups: z.array(z.object({ Label: z.object({ default: z.string() }), Parameters: z.array(z.string()) })),
    ParameterLabels: z.record(z.string(), z.object({ default: z.string() })),
  }),
});

const parameterSchema = z.looseObject({
  Type: z.string(),
  Default: z.union([z.string(), z.number()]).optional(),
  Description: z.string(),
});

const STACK_SAYS: Readonly<Record<StackName, string>> = {
  PrewarmStack: "new VPC",
  PrewarmExistingVpcStack: "existing VPC",
};

/** A table of all parameters for each group, as the CloudFormation console groups them. */
export function parameterTables(): string {
  const templates = Object.entries(stackTemplates()) as [StackName, ReturnType<typeof stackTemplates>[StackName]][];
  const groups = new Map<string, string[][]>();
  for (const [stack, { Metadata, Parameters }] of templates) {
    const { ParameterGroups, ParameterLabels } = metadataSchema.parse(Metadata)["AWS::CloudFormation::Interface"];
    for (const { Label, Parameters: names } of ParameterGroups) {
      const rows = groups.get(Label.default) ?? [];
      groups.set(Label.default, rows);
      for (const name of names) {
        const { Default, Description } = parameterSchema.parse(Parameters[name]);
        const isInBoth = templates.every(([, other]) => other.Parameters[name] !== undefined);
        if (isInBoth && stack !== "PrewarmStack") continue;
        const where = isInBoth ? "" : ` (${STACK_SAYS[stack]})`;
        const label = ParameterLabels[name]?.default ?? "";
        rows.push([
          `${code(name)}${where}`,
          label,
          defaultOf(Default),
          Description.replace(/(?<!\.)$/, ".")
            .replaceAll("*", "\\*")
            .replaceAll("<", "&lt;"),
        ]);
      }
    }
  }
  return [...groups]
    .map(([label, rows]) => `**${label}**\n\n${table(["parameter", "label", "default", "meaning"], rows)}`)
    .join("\n\n");
}

function defaultOf(value: string | number | undefined): string {
  if (value === undefined) return "none, required";
  if (value === "") return "empty";
  return code(typeof value === "number" ? String(value) : value.replaceAll(",", ", "));
}

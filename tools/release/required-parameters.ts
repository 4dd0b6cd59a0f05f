import * as z from "zod";
import type { TemplateInBucket } from "./launch-links.ts";

/** A default is text or a number; what matters is whether there is one. */
const templateSchema = z.object({
  Parameters: z.record(z.string(), z.object({ Type: z.string(), Default: z.unknown().optional() })),
});

/** The parameters of a template that have no default. @param body the template, as JSON */
export function requiredParameters(body: Uint8Array): TemplateInBucket["required"] {
  const { Parameters } = templateSchema.parse(JSON.parse(Buffer.from(body).toString("utf8")));
  return Object.entries(Parameters)
    .filter(([, { Default }]) => Default === undefined)
    .map(([name, { Type }]) => ({ name, list: Type.startsWith("List<") }));
}

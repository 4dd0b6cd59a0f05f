import * as z from "zod";

/** What is asked of a template: its resources by logical id, each with its type. All else passes through. */
export const templateSchema = z.looseObject({ Resources: z.record(z.string(), z.looseObject({ Type: z.string() })) });

export type Template = z.infer<typeof templateSchema>;

/**
 * The template as moto gets it: custom resources under the type that all of them have besides their own. For a `Custom::…`
 * moto would wait until a function answers, and it runs none. The two are the same to CloudFormation:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-custom-resources.html
 */
export function forMoto(template: Template): Template {
  const resources = Object.entries(template.Resources).map(([id, resource]) => [
    id,
    resource.Type.startsWith("Custom::") ? { ...resource, Type: "AWS::CloudFormation::CustomResource" } : resource,
  ]);
  return { ...template, Resources: Object.fromEntries(resources) };
}

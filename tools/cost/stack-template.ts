import * as z from "zod";

const parameterSchema = z.looseObject({
  Default: z.union([z.string(), z.number()]).optional(),
  AllowedValues: z.array(z.union([z.string(), z.number()])).optional(),
});

const resourceSchema = z.looseObject({
  Type: z.string(),
  Condition: z.string().optional(),
  Properties: z.record(z.string(), z.unknown()).default({}),
});

/** What the cost of a stack follows from. */
export const stackTemplateSchema = z.object({
  /** How the CloudFormation console shows the parameters. */
  Metadata: z.unknown().optional(),
  Parameters: z.record(z.string(), parameterSchema).default({}),
  Conditions: z.record(z.string(), z.unknown()).default({}),
  Resources: z.record(z.string(), resourceSchema),
});

export type StackTemplate = z.infer<typeof stackTemplateSchema>;
export type Resource = StackTemplate["Resources"][string];

/** Values of a stack's parameters, by name. */
export type Parameters = Readonly<Record<string, string>>;

/** Pseudo parameters, as they are where the prices are from. */
const PSEUDO: Parameters = {
  "AWS::Region": "us-east-1",
  "AWS::Partition": "aws",
  "AWS::URLSuffix": "amazonaws.com",
  "AWS::AccountId": "123456789012",
};

const NO_VALUE = { Ref: "AWS::NoValue" };

/** A template of CloudFormation with values for its parameters: which resources a stack has, and with which properties. */
export class ConfiguredStack {
  private readonly parameters: Parameters;

  /** @param given parameters that have another value than their default */
  constructor(
    private readonly template: StackTemplate,
    given: Parameters = {},
  ) {
    for (const name of Object.keys(given))
      if (template.Parameters[name] === undefined) throw new Error(`The template has no parameter '${name}'`);
    const defaults = Object.entries(template.Parameters).map(([name, { Default = "" }]) => [name, String(Default)]);
    this.parameters = { ...PSEUDO, ...Object.fromEntries(defaults), ...given };
  }

  /** The resources that the conditions leave, by logical id. Their properties are resolved: {@link resolve}. */
  resources(): [id: string, resource: Resource][] {
    return Object.entries(this.template.Resources)
      .filter(([, { Condition }]) => Condition === undefined || this.holds({ Condition }))
      .map(([id, resource]) => [id, { ...resource, Properties: this.propertiesOf(resource) }]);
  }

  /** The resource that an attribute is of: `{ "Fn::GetAtt": ["Queue", "Arn"] }` names `Queue`. */
  resourceOf(reference: unknown): [id: string, resource: Resource] {
    const parsed = z.object({ "Fn::GetAtt": z.tuple([z.string(), z.string()]) }).safeParse(reference);
    const id = parsed.data?.["Fn::GetAtt"][0] ?? "";
    const resource = this.template.Resources[id];
    if (resource === undefined)
      throw new Error(`${JSON.stringify(reference)} is no attribute of a resource of the template`);
    return [id, { ...resource, Properties: this.propertiesOf(resource) }];
  }

  private propertiesOf({ Properties }: Resource): Resource["Properties"] {
    return z.record(z.string(), z.unknown()).parse(this.resolve(Properties));
  }

  /** A value with its `Fn::If`s decided and its parameters filled in. Properties without a value are left out. Other functions stay. */
  private resolve(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((it) => this.resolve(it));
    if (typeof value !== "object" || value === null) return value;
    const entries = Object.entries(value);
    const [[name = "", argument] = []] = entries;
    if (name === "Fn::If") {
      const [condition, then, otherwise] = z.tuple([z.string(), z.unknown(), z.unknown()]).parse(argument);
      return this.resolve(this.holds({ Condition: condition }) ? then : otherwise);
    }
    if (name === "Ref") return this.parameters[String(argument)] ?? value;
    return Object.fromEntries(
      entries.map(([key, it]) => [key, this.resolve(it)] as const).filter(([, it]) => !isNoValue(it)),
    );
  }

  /** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-conditions.html */
  private holds(condition: unknown): boolean {
    const [[name, argument] = []] = Object.entries(z.record(z.string(), z.unknown()).parse(condition));
    const list = Array.isArray(argument) ? argument : [];
    if (name === "Fn::Equals") return this.text(list[0]) === this.text(list[1]);
    if (name === "Fn::Not") return !this.holds(list[0]);
    if (name === "Fn::And") return list.every((it) => this.holds(it));
    if (name === "Fn::Or") return list.some((it) => this.holds(it));
    if (name !== "Condition") throw new Error(`Cannot evaluate the condition ${JSON.stringify(condition)}`);
    const named = this.template.Conditions[String(argument)];
    if (named === undefined) throw new Error(`The template has no condition '${String(argument)}'`);
    return this.holds(named);
  }

  private text(value: unknown): string {
    const resolved = this.resolve(value);
    if (typeof resolved === "string" || typeof resolved === "number") return String(resolved);
    const join = z.object({ "Fn::Join": z.tuple([z.string(), z.unknown()]) }).safeParse(resolved).data?.["Fn::Join"];
    // A parameter that is a list is kept as its text, joined by commas as CloudFormation takes it.
    if (join !== undefined && typeof join[1] === "string") return join[1];
    throw new Error(`Cannot evaluate ${JSON.stringify(value)} in a condition`);
  }
}

function isNoValue(value: unknown): boolean {
  return JSON.stringify(value) === JSON.stringify(NO_VALUE);
}

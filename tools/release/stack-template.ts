import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { ROOT } from "../root.ts";

const parameterSchema = z.looseObject({
  Type: z.string().optional(),
  Default: z.union([z.string(), z.number()]).optional(),
  AllowedValues: z.array(z.union([z.string(), z.number()])).optional(),
});

const resourceSchema = z.looseObject({
  Type: z.string(),
  Condition: z.string().optional(),
  Properties: z.record(z.string(), z.unknown()).default({}),
});

/** The parts of a template that are evaluated. */
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

/** Pseudo parameters. The prices are those of this Region. */
const PSEUDO: Parameters = {
  "AWS::Region": "us-east-1",
  "AWS::Partition": "aws",
  "AWS::URLSuffix": "amazonaws.com",
  "AWS::AccountId": "123456789012",
};

const NO_VALUE = { Ref: "AWS::NoValue" };

/** What follows the partition in a resource's ARN, by its type. `@` is the Region and the account. */
const ARNS: Readonly<Record<string, (id: string) => string>> = {
  "AWS::DynamoDB::Table": (id) => `dynamodb:@:table/${id}`,
  "AWS::IAM::InstanceProfile": (id) => `iam::123456789012:instance-profile/${id}`,
  "AWS::IAM::Role": (id) => `iam::123456789012:role/${id}`,
  "AWS::Lambda::Function": (id) => `lambda:@:function:${id}`,
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-logs-loggroup.html
  "AWS::Logs::LogGroup": (id) => `logs:@:log-group:${id}:*`,
  "AWS::S3::Bucket": (id) => `s3:::${id.toLowerCase()}`,
  "AWS::SQS::Queue": (id) => `sqs:@:${id}`,
};

/** The name of a queue, a table or a role, of a table's stream that of the table. */
export const nameInArn = (arn: string): string => arn.split(":")[5]?.replace(/^(?:table|role)\/([^/]+).*/, "$1") ?? "";

/**
 * A template of CloudFormation with values for its parameters: which resources a stack has, and with which properties. Physical names
 * are logical ids.
 */
export class ConfiguredStack {
  private readonly parameters: Parameters;

  /** @param given parameters that have another value than their default, pseudo parameters among them */
  constructor(
    private readonly template: StackTemplate,
    given: Parameters = {},
  ) {
    for (const name of Object.keys(given))
      if (template.Parameters[name] === undefined && PSEUDO[name] === undefined)
        throw new Error(`The template has no parameter '${name}'`);
    const defaults = Object.entries(template.Parameters).map(([name, { Default = "" }]) => [name, String(Default)]);
    this.parameters = { ...PSEUDO, ...Object.fromEntries(defaults), ...given };
  }

  /** The resources that the conditions leave, by logical id. Their properties are resolved: {@link resolve}. */
  resources(): [id: string, resource: Resource][] {
    return this.existing().map(([id, resource]) => [id, { ...resource, Properties: this.propertiesOf(resource) }]);
  }

  /** The resources of a type that the conditions leave, by logical id, with the properties as they stand in the template. */
  of(type: string): [id: string, resource: Resource][] {
    return this.existing().filter(([, { Type }]) => Type === type);
  }

  /** The logical ids of all resources. */
  ids(): string[] {
    return Object.keys(this.template.Resources);
  }

  private existing(): [id: string, resource: Resource][] {
    return Object.entries(this.template.Resources).filter(
      ([, { Condition }]) => Condition === undefined || this.holds({ Condition }),
    );
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
    if (name === "Fn::If") return this.resolve(this.branch(argument));
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

  /** A value as a text. @throws Error for an intrinsic function that is not supported here */
  text(value: unknown): string {
    if (typeof value !== "object" || value === null) return String(value);
    const [[name, argument] = []] = Object.entries(value);
    switch (name) {
      case "Ref":
        return this.ref(String(argument));
      case "Fn::GetAtt":
        return this.attribute(...z.tuple([z.string(), z.string()]).parse(argument));
      case "Fn::Join": {
        const [separator, parts] = z.tuple([z.string(), z.unknown()]).parse(argument);
        return this.list(parts).join(separator);
      }
      case "Fn::Base64":
        return this.text(argument);
      case "Fn::Sub":
        return String(argument);
      case "Fn::If":
        return this.text(this.branch(argument));
      default:
        throw new Error(`Cannot evaluate ${JSON.stringify(value)}`);
    }
  }

  /** The items of a list, or the one text. */
  list(value: unknown): string[] {
    if (Array.isArray(value)) return value.flatMap((one) => this.list(one));
    const [[name, argument] = []] = Object.entries(value ?? {});
    if (name === "Fn::If") return this.list(this.branch(argument));
    if (name === "Fn::Split") {
      const [separator, source] = z.tuple([z.string(), z.unknown()]).parse(argument);
      return this.text(source).split(separator);
    }
    const isList = name === "Ref" && this.template.Parameters[String(argument)]?.Type === "CommaDelimitedList";
    return isList ? this.text(value).split(",") : [this.text(value)];
  }

  private branch(argument: unknown): unknown {
    const [Condition, then, otherwise] = z.tuple([z.string(), z.unknown(), z.unknown()]).parse(argument);
    return this.holds({ Condition }) ? then : otherwise;
  }

  private attribute(id: string, attribute: string): string {
    if (attribute !== "Arn" && attribute !== "StreamArn") return `${id}.${attribute}`;
    const type = this.template.Resources[id]?.Type ?? "";
    const arn = ARNS[type]?.(id);
    if (arn === undefined) throw new Error(`the ARN of ${type} is not supported here`);
    const place = `${this.ref("AWS::Region")}:${this.ref("AWS::AccountId")}`;
    const whole = `arn:${this.ref("AWS::Partition")}:${arn.replace("@", place)}`;
    return attribute === "Arn" ? whole : `${whole}/stream/2026-01-01T00:00:00.000`;
  }

  /** A queue's reference is its URL, as SQS's is; any other resource's is its name. */
  private ref(id: string): string {
    const resource = this.template.Resources[id];
    if (resource?.Type === "AWS::SQS::Queue") return `https://sqs.us-east-1.amazonaws.com/123456789012/${id}`;
    if (resource?.Type === "AWS::S3::Bucket") return id.toLowerCase();
    const value = resource === undefined ? this.parameters[id] : id;
    if (value === undefined) throw new Error(`Cannot evaluate { Ref: '${id}' }: it has no value`);
    return value;
  }
}

function isNoValue(value: unknown): boolean {
  return JSON.stringify(value) === JSON.stringify(NO_VALUE);
}

const STACKS = ["PrewarmStack", "PrewarmExistingVpcStack"] as const;

export type StackName = (typeof STACKS)[number];

let made: Readonly<Record<StackName, StackTemplate>> | undefined;

/**
 * The templates of this checkout, synthesized once a process. The app is run as the CDK command line runs it, with the feature flags of
 * cdk.json: https://github.com/aws/aws-cdk-cli/blob/main/packages/aws-cdk/lib/cxapp/exec.ts. Code is not bundled: nobody reads it here.
 */
export function stackTemplates(): Readonly<Record<StackName, StackTemplate>> {
  made ??= synthesize();
  return made;
}

function synthesize(): Readonly<Record<StackName, StackTemplate>> {
  const folder = mkdtempSync(join(tmpdir(), "prewarm-cost-"));
  const { context } = JSON.parse(readFileSync(`${ROOT}cdk.json`, "utf8"));
  const template = (name: StackName, existingVpc: boolean) => {
    const env = {
      ...process.env,
      CDK_OUTDIR: folder,
      CDK_CONTEXT_JSON: JSON.stringify({ ...context, existingVpc, "aws:cdk:bundling-stacks": [] }),
      // The check of the templates takes most of the time, and the tests of lib/ make it.
      CDK_VALIDATION: "false",
    };
    execFileSync(process.execPath, ["--import", "tsx", "bin/prewarm.ts"], { cwd: ROOT, env, stdio: "pipe" });
    return stackTemplateSchema.parse(JSON.parse(readFileSync(join(folder, `${name}.template.json`), "utf8")));
  };
  try {
    return {
      PrewarmStack: template("PrewarmStack", false),
      PrewarmExistingVpcStack: template("PrewarmExistingVpcStack", true),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

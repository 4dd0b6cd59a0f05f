// A CloudFormation template with its intrinsic functions resolved. Physical names are logical ids; parameters have their defaults.

export type Json = Record<string, unknown>;

export interface Resource {
  readonly Type: string;
  readonly Condition?: string;
  readonly Properties: Json;
}

interface TemplateJson {
  readonly Parameters: Readonly<Record<string, { readonly Type: string; readonly Default?: string | number }>>;
  readonly Conditions: Readonly<Record<string, unknown>>;
  readonly Resources: Readonly<Record<string, Resource>>;
}

const PSEUDO_PARAMETERS: Readonly<Record<string, string>> = {
  "AWS::Region": "us-east-1",
  "AWS::Partition": "aws",
  "AWS::URLSuffix": "amazonaws.com",
  "AWS::AccountId": "123456789012",
};

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

export class Template {
  private readonly json: TemplateJson;

  /** @param parameters of the stack, pseudo parameters among them. @default their defaults; partition `aws` */
  constructor(
    text: string,
    private readonly parameters: Readonly<Record<string, string>> = {},
  ) {
    this.json = JSON.parse(text);
  }

  /** Resources of a type whose condition holds. */
  of(type: string): [id: string, resource: Resource][] {
    return Object.entries(this.json.Resources).filter(
      ([, { Type, Condition }]) => Type === type && (Condition === undefined || this.holds(Condition)),
    );
  }

  ids(): string[] {
    return Object.keys(this.json.Resources);
  }

  /** @throws Error for an intrinsic function that is not supported here */
  text(value: unknown): string {
    if (value === null || typeof value !== "object") return String(value);
    const [[name, argument] = ["", undefined]] = Object.entries(value);
    switch (name) {
      case "Ref":
        return this.ref(String(argument));
      case "Fn::GetAtt": {
        const [id, attribute] = argument as [string, string];
        return this.attribute(id, attribute);
      }
      case "Fn::Join": {
        const [separator, parts] = argument as [string, unknown];
        return this.list(parts).join(separator);
      }
      case "Fn::Base64":
        return this.text(argument);
      case "Fn::Sub":
        return String(argument);
      case "Fn::If":
        return this.text(this.branch(argument));
      default:
        throw new Error(`${name} is not supported here: ${JSON.stringify(value)}`);
    }
  }

  /** The items of a list, or the one text. */
  list(value: unknown): string[] {
    if (Array.isArray(value)) return value.flatMap((one) => this.list(one));
    const [[name, argument] = ["", undefined]] = Object.entries((value ?? {}) as Json);
    if (name === "Fn::If") return this.list(this.branch(argument));
    if (name === "Fn::Split") {
      const [separator, source] = argument as [string, unknown];
      return this.text(source).split(separator);
    }
    const isList = name === "Ref" && this.json.Parameters[String(argument)]?.Type === "CommaDelimitedList";
    return isList ? this.text(value).split(",") : [this.text(value)];
  }

  private branch(argument: unknown): unknown {
    const [condition, then, otherwise] = argument as [string, unknown, unknown];
    return this.holds(condition) ? then : otherwise;
  }

  /** Whether a condition of the template holds. */
  holds(condition: string): boolean {
    return this.condition(this.json.Conditions[condition]);
  }

  private condition(value: unknown): boolean {
    const [[name, argument] = ["", undefined]] = Object.entries(value as Json);
    const parts = argument as unknown[];
    if (name === "Fn::Equals") return this.text(parts[0]) === this.text(parts[1]);
    if (name === "Fn::Not") return !this.condition(parts[0]);
    if (name === "Fn::Or") return parts.some((part) => this.condition(part));
    throw new Error(`the condition ${name} is not supported here`);
  }

  private attribute(id: string, attribute: string): string {
    if (attribute !== "Arn" && attribute !== "StreamArn") return `${id}.${attribute}`;
    const type = this.json.Resources[id]?.Type ?? "";
    const arn = ARNS[type]?.(id);
    if (arn === undefined) throw new Error(`the ARN of ${type} is not supported here`);
    const place = `${this.ref("AWS::Region")}:${this.ref("AWS::AccountId")}`;
    const whole = `arn:${this.ref("AWS::Partition")}:${arn.replace("@", place)}`;
    return attribute === "Arn" ? whole : `${whole}/stream/2026-01-01T00:00:00.000`;
  }

  /** A queue's reference is its URL, as SQS's is; any other resource's is its name. */
  private ref(id: string): string {
    const resource = this.json.Resources[id];
    if (resource?.Type === "AWS::SQS::Queue") return `https://sqs.us-east-1.amazonaws.com/123456789012/${id}`;
    if (resource?.Type === "AWS::S3::Bucket") return id.toLowerCase();
    if (resource !== undefined) return id;
    const known = this.parameters[id] ?? PSEUDO_PARAMETERS[id] ?? this.json.Parameters[id]?.Default;
    if (known === undefined) throw new Error(`the template's parameter ${id} has no value`);
    return String(known);
  }
}

// What the published template deploys, as far as the pipeline in one process needs it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { unzipSync } from "fflate";
import type { TableSchema } from "./memory-dynamodb.ts";
import type { QueueSettings } from "./memory-sqs.ts";

/** A Lambda function. */
export interface DeployedFunction {
  /** `GetSize`, `Task`, … */
  readonly name: string;
  readonly arn: string;
  /** Text of its bundle. */
  readonly code: string;
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  /** Queue that gets the asynchronous invocations that fail again and again; undefined: they are lost. */
  readonly onFailure: string | undefined;
}

/** What calls a function: a table's stream. */
export interface EventSource {
  readonly functionName: string;
  /** Name of the table. */
  readonly source: string;
  /** Patterns of which a record must match one. */
  readonly patterns: readonly unknown[];
  readonly batchSize: number;
  readonly windowSeconds: number;
}

export interface Deployment {
  readonly functions: ReadonlyMap<string, DeployedFunction>;
  readonly eventSources: readonly EventSource[];
  readonly tables: readonly TableSchema[];
  readonly queues: readonly QueueSettings[];
  readonly bucket: string;
  readonly groupName: string;
  readonly maxInstances: number;
  readonly agent: { readonly code: string; readonly env: Readonly<Record<string, string>> };
  /** Physical name of the resource whose logical id begins so. */
  name(idPrefix: string): string;
}

type Json = Record<string, unknown>;
interface Resource {
  readonly Type: string;
  readonly Properties: Json;
}
interface Template {
  readonly Parameters: Readonly<Record<string, { readonly Default?: string | number }>>;
  readonly Conditions: Readonly<Record<string, unknown>>;
  readonly Resources: Readonly<Record<string, Resource>>;
}

const STACK = "PrewarmStack";
const PSEUDO_PARAMETERS: Readonly<Record<string, string>> = {
  "AWS::Region": "us-east-1",
  "AWS::Partition": "aws",
  "AWS::URLSuffix": "amazonaws.com",
  "AWS::AccountId": "123456789012",
};

/**
 * Reads what is published. Physical names are logical ids; parameters have their defaults.
 * @param published folder of tools/release/write-published.ts
 */
export function readDeployment(published: string, parameters: Readonly<Record<string, string>> = {}): Deployment {
  const files = published === cachedFiles?.folder ? cachedFiles : new PublishedFiles(published);
  cachedFiles = files;
  const template = JSON.parse(files.text(`${STACK}.template.json`)) as Template;
  const resolver = new Resolver(template, parameters);
  const of = (type: string) => Object.entries(template.Resources).filter(([, { Type }]) => Type === type);
  const onFailure = new Map(
    of("AWS::Lambda::EventInvokeConfig").map(([, { Properties }]) => {
      const { FunctionName, DestinationConfig } = Properties;
      const { OnFailure } = DestinationConfig as { OnFailure: { Destination: unknown } };
      return [resolver.text(FunctionName), resolver.text(OnFailure.Destination).replace(/^arn:/, "")] as const;
    }),
  );
  const functions = of("AWS::Lambda::Function").flatMap(([id, resource]) =>
    functionOf(files, resolver, id, resource, onFailure.get(id)),
  );
  const byId = new Map(functions.map(([id, fn]) => [id, fn]));
  const [[, launchTemplate]] = of("AWS::EC2::LaunchTemplate") as [[string, Resource]];
  const [[, group]] = of("AWS::AutoScaling::AutoScalingGroup") as [[string, Resource]];
  return {
    functions: new Map(functions.map(([, fn]) => [fn.name, fn])),
    eventSources: of("AWS::Lambda::EventSourceMapping").map(([, { Properties }]) => {
      const { FunctionName, EventSourceArn, FilterCriteria, BatchSize, MaximumBatchingWindowInSeconds } = Properties;
      const arn = resolver.text(EventSourceArn);
      if (!arn.startsWith("arn:stream:")) throw new Error(`an event source mapping of ${arn} is not supported here`);
      const filters = ((FilterCriteria as Json | undefined)?.["Filters"] ?? []) as { Pattern: string }[];
      return {
        functionName: byId.get((FunctionName as { Ref: string }).Ref)?.name ?? "",
        source: arn.replace(/^arn:stream:/, ""),
        patterns: filters.map(({ Pattern }) => JSON.parse(Pattern)),
        batchSize: Number(BatchSize),
        windowSeconds: Number(MaximumBatchingWindowInSeconds ?? 0),
      };
    }),
    tables: of("AWS::DynamoDB::Table").map(([id, { Properties }]) => tableOf(id, Properties)),
    queues: of("AWS::SQS::Queue").map(([id, { Properties }]) => queueOf(resolver, id, Properties)),
    bucket: (of("AWS::S3::Bucket")[0]?.[0] ?? "").toLowerCase(),
    groupName: resolver.text(group.Properties["AutoScalingGroupName"]),
    maxInstances: Number(resolver.text(group.Properties["MaxSize"])),
    agent: agentOf(files, resolver.text((launchTemplate.Properties["LaunchTemplateData"] as Json)["UserData"])),
    name: (prefix) => {
      const found = Object.entries(template.Resources).find(([id]) => new RegExp(`^${prefix}[0-9A-F]{8}$`).test(id));
      if (found === undefined) throw new Error(`the template has no resource ${prefix}`);
      return resolver.text({ Ref: found[0] }).split("/").at(-1) ?? "";
    },
  };
}

/** Files by the keys under which they are published. Each zip is read once: that takes longer than to run what is in it. */
class PublishedFiles {
  private readonly unzipped = new Map<string, string | undefined>();
  private readonly files: readonly { readonly key: string; readonly file: string }[];

  constructor(readonly folder: string) {
    this.files = JSON.parse(readFileSync(`${folder}/files.json`, "utf8"));
  }

  text(key: string): string {
    return this.read(key).toString("utf8");
  }

  /** A file of a published zip; undefined if there is none. */
  inZip(key: string, name: string): string | undefined {
    const id = `${key} ${name}`;
    if (!this.unzipped.has(id)) {
      const bytes = unzipSync(this.read(key), { filter: (file) => file.name === name })[name];
      this.unzipped.set(id, bytes === undefined ? undefined : Buffer.from(bytes).toString("utf8"));
    }
    return this.unzipped.get(id);
  }

  private read(key: string): Buffer {
    const found = this.files.find((one) => one.key === key);
    if (found === undefined) throw new Error(`${key} is not published`);
    return readFileSync(join(this.folder, found.file));
  }
}

let cachedFiles: PublishedFiles | undefined;

/** Functions that CDK adds have no bundle of this project, and are left out. */
function functionOf(
  files: PublishedFiles,
  resolver: Resolver,
  id: string,
  { Properties }: Resource,
  onFailure: string | undefined,
): [string, DeployedFunction][] {
  const code = files.inZip(String((Properties["Code"] as Json)["S3Key"]), "index.mjs");
  if (code === undefined) return [];
  const name = id.replace(/^Prewarm(Pipeline|Monitoring)?/, "").replace(/[0-9A-F]{8}$/, "");
  const variables = ((Properties["Environment"] as Json | undefined)?.["Variables"] ?? {}) as Json;
  const env = Object.fromEntries(Object.entries(variables).map(([key, value]) => [key, resolver.text(value)]));
  return [[id, { name, arn: `arn:${id}`, code, env, timeoutSeconds: Number(Properties["Timeout"] ?? 3), onFailure }]];
}

function tableOf(name: string, { KeySchema, GlobalSecondaryIndexes = [] }: Json): TableSchema {
  const names = (schema: unknown) => (schema as { AttributeName: string }[]).map(({ AttributeName }) => AttributeName);
  const indexes = (GlobalSecondaryIndexes as { IndexName: string; KeySchema: unknown }[]).map(
    (index): [string, string[]] => [index.IndexName, names(index.KeySchema)],
  );
  return { name, keys: names(KeySchema), indexes: new Map(indexes) };
}

function queueOf(resolver: Resolver, name: string, { VisibilityTimeout = 30, RedrivePolicy }: Json): QueueSettings {
  const visibilitySeconds = Number(VisibilityTimeout);
  if (RedrivePolicy === undefined) return { name, visibilitySeconds };
  const { deadLetterTargetArn, maxReceiveCount } = RedrivePolicy as Json;
  const to = resolver.text(deadLetterTargetArn).replace(/^arn:/, "");
  return { name, visibilitySeconds, redrive: { to, maxReceives: Number(maxReceiveCount) } };
}

function agentOf(files: PublishedFiles, userData: string): Deployment["agent"] {
  const key = /^AGENT_CODE_URL='s3:\/\/[^/]+\/(.+)'$/m.exec(userData)?.[1] ?? "";
  const lines = /^AGENT_ENV='([^']+)'$/m.exec(userData)?.[1] ?? "";
  const env = Object.fromEntries(lines.split("\n").map((line) => line.split(/=(.*)/s).slice(0, 2) as [string, string]));
  return { code: files.inZip(key, "main.mjs") ?? "", env };
}

/** CloudFormation's intrinsic functions, as far as the template uses them. */
class Resolver {
  constructor(
    private readonly template: Template,
    private readonly parameters: Readonly<Record<string, string>>,
  ) {}

  text(value: unknown): string {
    if (value === null || typeof value !== "object") return String(value);
    const [[name, argument] = ["", undefined]] = Object.entries(value);
    switch (name) {
      case "Ref":
        return this.ref(String(argument));
      case "Fn::GetAtt": {
        const [id, attribute] = argument as [string, string];
        return attribute === "StreamArn"
          ? `arn:stream:${id}`
          : attribute === "Arn"
            ? `arn:${id}`
            : `${id}.${attribute}`;
      }
      case "Fn::Join": {
        const [separator, parts] = argument as [string, unknown];
        return Array.isArray(parts) ? parts.map((part) => this.text(part)).join(separator) : this.text(parts);
      }
      case "Fn::Base64":
        return this.text(argument);
      case "Fn::Sub":
        return String(argument);
      case "Fn::If": {
        const [condition, then, otherwise] = argument as [string, unknown, unknown];
        return this.text(this.condition(this.template.Conditions[condition]) ? then : otherwise);
      }
      default:
        throw new Error(`${name} is not supported here: ${JSON.stringify(value)}`);
    }
  }

  private condition(value: unknown): boolean {
    const [[name, argument] = ["", undefined]] = Object.entries(value as Json);
    const parts = argument as unknown[];
    if (name === "Fn::Equals") return this.text(parts[0]) === this.text(parts[1]);
    if (name === "Fn::Not") return !this.condition(parts[0]);
    if (name === "Fn::Or") return parts.some((part) => this.condition(part));
    throw new Error(`the condition ${name} is not supported here`);
  }

  /** A queue's reference is its URL, as SQS's is; any other resource's is its name. */
  private ref(id: string): string {
    const resource = this.template.Resources[id];
    if (resource?.Type === "AWS::SQS::Queue") return `https://sqs.us-east-1.amazonaws.com/123456789012/${id}`;
    if (resource?.Type === "AWS::S3::Bucket") return id.toLowerCase();
    if (resource !== undefined) return id;
    const known = this.parameters[id] ?? PSEUDO_PARAMETERS[id] ?? this.template.Parameters[id]?.Default;
    if (known === undefined) throw new Error(`the template's parameter ${id} has no value`);
    return String(known);
  }
}

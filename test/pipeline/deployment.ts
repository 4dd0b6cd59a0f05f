// What the published template deploys, as far as the pipeline in one process needs it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { unzipSync } from "fflate";
import type { TableSchema } from "../../tools/memory-aws/memory-dynamodb.ts";
import type { QueueSettings } from "../../tools/memory-aws/memory-sqs.ts";
import { ConfiguredStack, nameInArn, type Resource, stackTemplateSchema } from "../../tools/release/stack-template.ts";
import { type RolePolicies, readRolePolicies } from "./iam/role-policies.ts";

type Json = Record<string, unknown>;

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
  /** Logical id of the role that it runs with. */
  readonly role: string;
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
  readonly agent: {
    readonly code: string;
    readonly env: Readonly<Record<string, string>>;
    /** Logical id of the instances' role. */
    readonly role: string;
    readonly userData: string;
  };
  readonly policies: RolePolicies;
  readonly template: ConfiguredStack;
  /** Physical name of the resource whose logical id begins so. */
  name(idPrefix: string): string;
}

/**
 * Reads what is published. Physical names are logical ids; parameters have their defaults.
 * @param published folder of tools/release/published-files.ts
 */
export function readDeployment(
  published: string,
  parameters: Readonly<Record<string, string>> = {},
  stack = "PrewarmStack",
): Deployment {
  const files = published === cachedFiles?.folder ? cachedFiles : new PublishedFiles(published);
  cachedFiles = files;
  const template = new ConfiguredStack(
    stackTemplateSchema.parse(JSON.parse(files.text(`${stack}.template.json`))),
    parameters,
  );
  const of = (type: string) => template.of(type);
  const onFailure = new Map(
    of("AWS::Lambda::EventInvokeConfig").map(([, { Properties }]) => {
      const { FunctionName, DestinationConfig } = Properties;
      const { OnFailure } = DestinationConfig as { OnFailure: { Destination: unknown } };
      return [template.text(FunctionName), nameInArn(template.text(OnFailure.Destination))] as const;
    }),
  );
  const functions = of("AWS::Lambda::Function").flatMap(([id, resource]) =>
    functionOf(files, template, id, resource, onFailure.get(id)),
  );
  const byId = new Map(functions.map(([id, fn]) => [id, fn]));
  const [[, launchTemplate]] = of("AWS::EC2::LaunchTemplate") as [[string, Resource]];
  const [[, profile]] = of("AWS::IAM::InstanceProfile") as [[string, Resource]];
  const [[, group]] = of("AWS::AutoScaling::AutoScalingGroup") as [[string, Resource]];
  return {
    functions: new Map(functions.map(([, fn]) => [fn.name, fn])),
    eventSources: of("AWS::Lambda::EventSourceMapping").map(([, { Properties }]) => {
      const { FunctionName, EventSourceArn, FilterCriteria, BatchSize, MaximumBatchingWindowInSeconds } = Properties;
      const arn = template.text(EventSourceArn);
      if (!arn.includes("/stream/")) throw new Error(`an event source mapping of ${arn} is not supported here`);
      const filters = ((FilterCriteria as Json | undefined)?.["Filters"] ?? []) as { Pattern: string }[];
      return {
        functionName: byId.get((FunctionName as { Ref: string }).Ref)?.name ?? "",
        source: nameInArn(arn),
        patterns: filters.map(({ Pattern }) => JSON.parse(Pattern)),
        batchSize: Number(BatchSize),
        windowSeconds: Number(MaximumBatchingWindowInSeconds ?? 0),
      };
    }),
    tables: of("AWS::DynamoDB::Table").map(([id, { Properties }]) => tableOf(id, Properties)),
    queues: of("AWS::SQS::Queue").map(([id, { Properties }]) => queueOf(template, id, Properties)),
    bucket: (of("AWS::S3::Bucket")[0]?.[0] ?? "").toLowerCase(),
    groupName: template.text(group.Properties["AutoScalingGroupName"]),
    maxInstances: Number(template.text(group.Properties["MaxSize"])),
    agent: {
      ...agentOf(files, template.text((launchTemplate.Properties["LaunchTemplateData"] as Json)["UserData"])),
      role: template.text((profile.Properties["Roles"] as unknown[])[0]),
    },
    policies: readRolePolicies(template),
    template,
    name: (prefix) => {
      const found = template.ids().find((id) => new RegExp(`^${prefix}[0-9A-F]{8}$`).test(id));
      if (found === undefined) throw new Error(`the template has no resource ${prefix}`);
      return template.text({ Ref: found }).split("/").at(-1) ?? "";
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
  template: ConfiguredStack,
  id: string,
  { Properties }: Resource,
  onFailure: string | undefined,
): [string, DeployedFunction][] {
  const code = files.inZip(String((Properties["Code"] as Json)["S3Key"]), "index.mjs");
  if (code === undefined) return [];
  const name = id.replace(/^Prewarm(Pipeline|Monitoring)?/, "").replace(/[0-9A-F]{8}$/, "");
  const variables = ((Properties["Environment"] as Json | undefined)?.["Variables"] ?? {}) as Json;
  const env = Object.fromEntries(Object.entries(variables).map(([key, value]) => [key, template.text(value)]));
  return [
    [
      id,
      {
        name,
        arn: template.text({ "Fn::GetAtt": [id, "Arn"] }),
        code,
        env,
        timeoutSeconds: Number(Properties["Timeout"] ?? 3),
        onFailure,
        role: nameInArn(template.text(Properties["Role"])),
      },
    ],
  ];
}

function tableOf(name: string, { KeySchema, GlobalSecondaryIndexes = [] }: Json): TableSchema {
  const names = (schema: unknown) => (schema as { AttributeName: string }[]).map(({ AttributeName }) => AttributeName);
  const indexes = (GlobalSecondaryIndexes as { IndexName: string; KeySchema: unknown }[]).map(
    (index): [string, string[]] => [index.IndexName, names(index.KeySchema)],
  );
  return { name, keys: names(KeySchema), indexes: new Map(indexes) };
}

function queueOf(
  template: ConfiguredStack,
  name: string,
  { VisibilityTimeout = 30, RedrivePolicy }: Json,
): QueueSettings {
  const visibilitySeconds = Number(VisibilityTimeout);
  if (RedrivePolicy === undefined) return { name, visibilitySeconds };
  const { deadLetterTargetArn, maxReceiveCount } = RedrivePolicy as Json;
  const to = nameInArn(template.text(deadLetterTargetArn));
  return { name, visibilitySeconds, redrive: { to, maxReceives: Number(maxReceiveCount) } };
}

function agentOf(files: PublishedFiles, userData: string): Omit<Deployment["agent"], "role"> {
  const key = /^AGENT_CODE_URL='s3:\/\/[^/]+\/(.+)'$/m.exec(userData)?.[1] ?? "";
  const lines = /^AGENT_ENV='([^']+)'$/m.exec(userData)?.[1] ?? "";
  const env = Object.fromEntries(lines.split("\n").map((line) => line.split(/=(.*)/s).slice(0, 2) as [string, string]));
  return { code: files.inZip(key, "main.mjs") ?? "", env, userData };
}

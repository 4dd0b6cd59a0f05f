import { fileURLToPath } from "node:url";
import { Duration, RemovalPolicy } from "aws-cdk-lib";
import * as iam from "aws-cdk-lib/aws-iam";
import * as lambda from "aws-cdk-lib/aws-lambda";
import { type ICommandHooks, LogLevel, NodejsFunction, OutputFormat } from "aws-cdk-lib/aws-lambda-nodejs";
import * as logs from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import { allow } from "./allow.ts";
import { BANNER, MAIN_FIELDS, TARGET } from "./bundling.ts";

export interface PipelineFunctionProps {
  /** Folder below `lambdas/`. */
  readonly name: string;
  readonly environment: Record<string, string>;
  /** @default 15 minutes, the longest there is */
  readonly timeout?: Duration;
  /** In MB. @default 512 */
  readonly memorySize?: number;
  /** Concurrent runs that are kept for it, and that it has at most. @default none */
  readonly reservedConcurrentExecutions?: number;
  /** Whether Lambda lets it invoke itself again and again. @default it does not */
  readonly recursiveLoop?: lambda.RecursiveLoop;
  /** A folder whose copy lies beside the module, under the same name. @default none */
  readonly files?: string;
}

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** One of the Lambdas: Graviton, Node 24, one ES module with its pinned SDK inside, logs kept for a month. */
export class PipelineFunction extends NodejsFunction {
  constructor(scope: Construct, id: string, props: PipelineFunctionProps) {
    const logGroup = new logs.LogGroup(scope, `${id}Logs`, {
      retention: logs.RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    super(scope, id, {
      entry: `${ROOT}lambdas/${props.name}/index.ts`,
      projectRoot: ROOT,
      depsLockFilePath: `${ROOT}package-lock.json`,
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      timeout: props.timeout ?? Duration.minutes(15),
      memorySize: props.memorySize ?? 512,
      ...(props.reservedConcurrentExecutions === undefined
        ? {}
        : { reservedConcurrentExecutions: props.reservedConcurrentExecutions }),
      ...(props.recursiveLoop === undefined ? {} : { recursiveLoop: props.recursiveLoop }),
      environment: { NODE_OPTIONS: "--enable-source-maps", ...props.environment },
      awsSdkConnectionReuse: false,
      logGroup,
      role: roleOf(scope, id, logGroup),
      bundling: {
        format: OutputFormat.ESM,
        target: TARGET,
        mainFields: MAIN_FIELDS,
        minify: true,
        sourceMap: true,
        sourcesContent: false,
        externalModules: [],
        banner: BANNER,
        logLevel: LogLevel.WARNING,
        ...(props.files === undefined ? {} : { commandHooks: copyOf(props.files) }),
      },
    });
  }
}

function copyOf(folder: string): ICommandHooks {
  return {
    beforeBundling: () => [],
    beforeInstall: () => [],
    afterBundling: (_input, output) => [`cp -R "${folder}" "${output}/"`],
  };
}

/** A role for the function's own log alone; AWS's basic policy allows every log. Its users add what else it may do. */
function roleOf(scope: Construct, id: string, logGroup: logs.LogGroup): iam.Role {
  const role = new iam.Role(scope, `${id}Role`, { assumedBy: new iam.ServicePrincipal("lambda.amazonaws.com") });
  allow(role, ["logs:CreateLogStream", "logs:PutLogEvents"], logGroup.logGroupArn);
  return role;
}

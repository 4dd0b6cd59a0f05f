import { fileURLToPath } from "node:url";
import { Duration, RemovalPolicy } from "aws-cdk-lib";
import * as iam from "aws-cdk-lib/aws-iam";
import * as lambda from "aws-cdk-lib/aws-lambda";
import { type ICommandHooks, LogLevel, NodejsFunction, OutputFormat } from "aws-cdk-lib/aws-lambda-nodejs";
import * as logs from "aws-cdk-lib/aws-logs";
import type * as sqs from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import { BANNER, MAIN_FIELDS, TARGET } from "./bundling.ts";
import { allow } from "./permissions.ts";

/** @see PipelineFunction for the defaults */
export interface PipelineFunctionProps extends lambda.FunctionOptions {
  /** Folder below `lambdas/`. */
  readonly name: string;
  readonly environment: Record<string, string>;
  /** A folder whose copy lies beside the module, under the same name. @default none */
  readonly files?: string;
}

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/**
 * One of the Lambdas: Graviton, Node 24, one ES module with its pinned SDK inside, logs kept for a month. By default it has 512 MB, and
 * 15 minutes, the longest there is.
 */
export class PipelineFunction extends NodejsFunction {
  constructor(scope: Construct, id: string, { name, files, environment, ...options }: PipelineFunctionProps) {
    const logGroup = new logs.LogGroup(scope, `${id}Logs`, {
      retention: logs.RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    super(scope, id, {
      timeout: Duration.minutes(15),
      memorySize: 512,
      ...options,
      entry: `${ROOT}lambdas/${name}/index.ts`,
      projectRoot: ROOT,
      depsLockFilePath: `${ROOT}package-lock.json`,
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      environment: { NODE_OPTIONS: "--enable-source-maps", ...environment },
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
        commandHooks: files === undefined ? undefined : copyOf(files),
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

/**
 * Lambda's default and most: an invocation that fails is repeated after one and after two minutes; one that is throttled, for six
 * hours. https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
const RETRIES = 2;
const MAX_AGE = Duration.hours(6);

/**
 * How Lambda handles the asynchronous invocations of a function, and lets it invoke itself to go on where a run stopped. No queue is
 * polled for them, so an idle stack pays nothing. The function also needs `recursiveLoop`: by default, Lambda stops a function that has
 * been invoked 16 times in a chain; the largest request takes more runs. Each run makes progress or waits, and a request's timeout ends
 * the chain. https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
 * @param failed receives the events that fail again and again, as invocation records. Lambda sends with the function's role, and checks
 * when it is configured that the role may. https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
export function configureAsyncInvocation(scope: Construct, fn: lambda.Function, failed: sqs.IQueue): void {
  fn.configureAsyncInvoke({
    retryAttempts: RETRIES,
    maxEventAge: MAX_AGE,
    onFailure: { bind: () => ({ destination: failed.queueArn }) },
  });
  // In a policy beside the role's own: the function depends on that one, which could not name the function.
  new iam.Policy(scope, `${fn.node.id}SelfInvocation`, {
    statements: [new iam.PolicyStatement({ actions: ["lambda:InvokeFunction"], resources: [fn.functionArn] })],
    roles: [fn.role].filter((role) => role !== undefined),
  });
}

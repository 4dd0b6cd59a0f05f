import { fileURLToPath } from "node:url";
import { Aws, CfnCondition, type CfnParameter, Duration, Fn, RemovalPolicy, Token } from "aws-cdk-lib";
import * as iam from "aws-cdk-lib/aws-iam";
import * as lambda from "aws-cdk-lib/aws-lambda";
import { type ICommandHooks, LogLevel, NodejsFunction, OutputFormat } from "aws-cdk-lib/aws-lambda-nodejs";
import * as logs from "aws-cdk-lib/aws-logs";
import type * as sqs from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import { BANNER, MAIN_FIELDS, TARGET } from "./bundling.ts";
import { RESERVED_FOR_API } from "./parameters.ts";
import { allow } from "./permissions.ts";

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
      reservedConcurrentExecutions: props.reservedConcurrentExecutions,
      recursiveLoop: props.recursiveLoop,
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
        commandHooks: props.files === undefined ? undefined : copyOf(props.files),
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
 * How Lambda handles the asynchronous invocations of a function. No queue is polled for them, so an idle stack pays nothing.
 * @param failed receives the events that fail again and again, as invocation records:
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
export function configureAsyncInvocation(fn: lambda.Function, failed: sqs.IQueue): void {
  // Lambda sends with the function's role, and checks when it is configured that the role may.
  allow(fn, ["sqs:SendMessage"], failed.queueArn);
  fn.configureAsyncInvoke({
    retryAttempts: RETRIES,
    maxEventAge: MAX_AGE,
    onFailure: { bind: () => ({ destination: failed.queueArn }) },
  });
}

/**
 * Allows a function to invoke itself. In a policy beside the role's own: the function depends on that one, which could not name
 * the function. The function also needs `SELF_INVOKING`.
 */
export function allowSelfInvocation(scope: Construct, fn: lambda.Function): void {
  const statement = new iam.PolicyStatement({ actions: ["lambda:InvokeFunction"], resources: [fn.functionArn] });
  const policy = new iam.Policy(scope, `${fn.node.id}SelfInvocation`, { statements: [statement] });
  if (fn.role !== undefined) policy.attachToRole(fn.role);
}

/**
 * For functions that invoke themselves to go on where a run stopped. By default, Lambda stops a function that has been invoked 16
 * times in a chain; the largest request takes more runs. Each run makes progress or waits, and a request's timeout ends the chain.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
 */
export const SELF_INVOKING = { recursiveLoop: lambda.RecursiveLoop.ALLOW } as const;

/**
 * Whether the account lets many functions run at once: the stack's parameter `lambdaConcurrency`, as a condition. A new
 * account may have ten concurrent executions in all, and none of these can be reserved: Lambda keeps 100 unreserved, or
 * all there are. So what a small account has is the number of batches that are read from each shard of a stream at once.
 * A stream has no other bound.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
 * https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-params.html
 */
export class HasRoom extends CfnCondition {
  constructor(scope: Construct, id: string, lambdaConcurrency: CfnParameter) {
    super(scope, id, { expression: Fn.conditionEquals(lambdaConcurrency.valueAsString, "high") });
  }

  /** Batches of one shard at once. */
  batches({ low, high }: { readonly low: number; readonly high: number }): number {
    return this.number(high, low);
  }

  /** What the API is sure to have, whatever else runs in the account; nothing in an account without room. */
  get keptForApi(): number {
    return this.number(RESERVED_FOR_API, Aws.NO_VALUE);
  }

  private number(ifTrue: number, otherwise: number | string): number {
    return Token.asNumber(Fn.conditionIf(this.logicalId, ifTrue, otherwise));
  }
}

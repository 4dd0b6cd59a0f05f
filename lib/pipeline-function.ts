import { fileURLToPath } from "node:url";
import { Duration, RemovalPolicy } from "aws-cdk-lib";
import * as iam from "aws-cdk-lib/aws-iam";
import * as lambda from "aws-cdk-lib/aws-lambda";
import { LogLevel, NodejsFunction, OutputFormat } from "aws-cdk-lib/aws-lambda-nodejs";
import * as logs from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import { BANNER, MAIN_FIELDS, TARGET } from "./bundling.ts";
import { allow } from "./permissions.ts";

/** @see PipelineFunction for the defaults */
interface PipelineFunctionProps extends lambda.FunctionOptions {
  /** Folder below `lambdas/`. */
  readonly name: string;
  readonly environment: Record<string, string>;
  /** A folder whose files lie in `page/` beside the module. @default none */
  readonly page?: string;
}

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/**
 * One of the Lambdas: Graviton, Node 24, one ES module with its pinned SDK inside, logs kept for a month. By default it has 512 MB, and
 * 15 minutes, the longest there is.
 */
export class PipelineFunction extends NodejsFunction {
  constructor(scope: Construct, id: string, { name, page, environment, ...options }: PipelineFunctionProps) {
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
      // Lambda reports each run in fields, which metric filters match.
      loggingFormat: lambda.LoggingFormat.JSON,
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
        commandHooks:
          page === undefined
            ? undefined
            : {
                beforeBundling: () => [],
                beforeInstall: () => [],
                afterBundling: (_input, output) => [`cp -R "${page}/." "${output}/page"`],
              },
      },
    });
  }
}

/** A role for the function's own log alone; AWS's basic policy allows every log. Its users add what else it may do. */
function roleOf(scope: Construct, id: string, logGroup: logs.LogGroup): iam.Role {
  const role = new iam.Role(scope, `${id}Role`, { assumedBy: new iam.ServicePrincipal("lambda.amazonaws.com") });
  allow(role, ["logs:CreateLogStream", "logs:PutLogEvents"], logGroup.logGroupArn);
  return role;
}

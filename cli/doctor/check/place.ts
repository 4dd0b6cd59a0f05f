import { readFileSync } from "node:fs";
import { APIGatewayClient } from "@aws-sdk/client-api-gateway";
import { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import { CloudFrontClient } from "@aws-sdk/client-cloudfront";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { EC2Client, type EC2ClientConfig } from "@aws-sdk/client-ec2";
import { IAMClient } from "@aws-sdk/client-iam";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";
import { WAFV2Client } from "@aws-sdk/client-wafv2";
import * as z from "zod";
import { parseUrl } from "../../../domain/net/urls.ts";
import { Dns, networkOf, networkVariables } from "../../../probe/dns.ts";
import { findApi } from "../../api/connect.ts";
import { placeOf as flagsOf } from "../../body/place-words.ts";
import { CommandError } from "../../command-error.ts";
import type { Endpoint, LocalRun } from "../../endpoint/endpoint.ts";
import { DEFAULT_STACK } from "../../endpoint/find-endpoint.ts";
import type { Shell } from "../../shell.ts";
import { FreeTierClient } from "./free-tier.ts";
import type { DoctorOptions, DoctorWords } from "./options.ts";

/** Who is asked. */
export interface Place {
  readonly isAws: boolean;
  /** Undefined: the address of the API alone is known. */
  readonly stack: string | undefined;
  /** The API whose address is known. @default that of the stack's outputs */
  readonly api: Endpoint | undefined;
  /** Of AWS's clients. What is absent comes from the environment, as for the AWS command line. */
  readonly aws: Pick<EC2ClientConfig, "region" | "endpoint" | "profile" | "credentials">;
  /** The local run's stand-in for CloudFront. */
  readonly edge: LocalRun["edge"];
}

/**
 * Where to ask. Without a phase, it is where every command finds the API: an address, a stack, the local run. A phase that is named asks
 * AWS, or an emulator that AWS_ENDPOINT_URL names; with --local, the local run. @throws CommandError
 */
export async function placeOf(
  shell: Pick<Shell, "env" | "cwd">,
  { phases }: Pick<DoctorOptions, "phases">,
  words: DoctorWords,
): Promise<Place> {
  const { env } = shell;
  const flags = flagsOf(words);
  const isApiMeant = phases.length === 0 || flags.local === true || flags.endpoint !== undefined;
  const { endpoint, stack } = isApiMeant ? await findApi(shell, flags) : {};
  if (endpoint?.localRun !== undefined) return localPlace(endpoint, endpoint.localRun, flags.stack);
  const named = stack?.stack ?? flags.stack ?? (env["PREWARM_STACK"] || DEFAULT_STACK);
  const { AWS_ENDPOINT_URL: emulator = "" } = env;
  const isAws = emulator === "" || /\.amazonaws\.com(\.cn)?$/.test(parseUrl(emulator)?.hostname ?? "");
  const { region, profile } = flags;
  return {
    isAws,
    stack: endpoint !== undefined && phases.length === 0 ? undefined : named,
    api: endpoint,
    aws: {
      ...(region === undefined ? {} : { region }),
      ...(profile === undefined ? {} : { profile }),
      ...(isAws ? {} : { endpoint: emulator }),
    },
    edge: undefined,
  };
}

function localPlace(endpoint: Endpoint, { aws, edge }: LocalRun, stack: string | undefined): Place {
  if (aws === undefined)
    throw new CommandError(
      `${endpoint.from} does not state the address of the emulator`,
      "Start the local API again: npm start",
    );
  return {
    isAws: false,
    stack: stack ?? aws.stack,
    // The file has the address of one stack only.
    api: stack === undefined || stack === aws.stack ? endpoint : undefined,
    // The emulator looks at no secret.
    aws: {
      region: aws.region,
      endpoint: aws.endpoint,
      credentials: { accessKeyId: aws.accessKeyId, secretAccessKey: "local" },
    },
    edge,
  };
}

/** Where the edge is: CloudFront, or the stand-in on this machine. */
export interface EdgePlace {
  readonly httpsPort: number;
  readonly httpPort: number;
  /** Certificates to trust, PEM. @default Node's own */
  readonly ca?: string;
  /** Only for a stand-in. */
  readonly allowPrivateAddresses: boolean;
}

/** Where the edge is and who looks its names up: the local run's stand-in, what the environment says, or CloudFront itself. */
export function edgeOf({ edge, isAws }: Place, env: Shell["env"]): { readonly place: EdgePlace; readonly dns: Dns } {
  if (edge !== undefined) {
    const { httpsPort, httpPort, dnsPort, caFile } = edge;
    const place = { httpsPort, httpPort, ca: readFileSync(caFile, "utf8"), allowPrivateAddresses: true };
    return { place, dns: new Dns({ servers: [`127.0.0.1:${dnsPort}`], allowPrivateAddresses: true }) };
  }
  // The variables that lead Lambda functions and agents to an edge of one's own: docs/testing.md#on-one-machine.
  const network = z.object(networkVariables).parse(env);
  // Never of AWS, whatever the environment says.
  const allowPrivateAddresses = !isAws && network.PREWARM_ALLOW_PRIVATE_ADDRESSES;
  const { dns, ports } = networkOf({ ...network, PREWARM_ALLOW_PRIVATE_ADDRESSES: allowPrivateAddresses });
  return { place: { ...ports, allowPrivateAddresses }, dns };
}

/** Clients of all services that are asked. */
export function awsClients(aws: Place["aws"]) {
  // The SDK warns of Node 20, so that who has it as a package updates it in time. In a bundle, nobody can.
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
  const config = { ...aws, maxAttempts: 4 };
  const ec2 = new EC2Client(config);
  return {
    apiGateway: new APIGatewayClient(config),
    cloudFormation: new CloudFormationClient(config),
    cloudFront: new CloudFrontClient(config),
    cloudWatch: new CloudWatchClient(config),
    ec2,
    freeTier: new FreeTierClient(ec2.config),
    iam: new IAMClient(config),
    lambda: new LambdaClient(config),
    quotas: new ServiceQuotasClient(config),
    sns: new SNSClient(config),
    sqs: new SQSClient({ ...config, useQueueUrlAsEndpoint: false }),
    /** Web ACLs of CloudFront lie in one Region. */
    waf: (region: string) => new WAFV2Client({ ...config, region }),
  };
}

export type AwsClients = ReturnType<typeof awsClients>;

import type { MemoryCloudFront } from "../memory-aws/memory-cloudfront.ts";
import { type LocalClients, localClients } from "./clients.ts";
import { bootstrap, type Deployed, deploy } from "./deploy.ts";
import { type Aws, startAws } from "./emulator.ts";
import { openEntrance } from "./entrance.ts";
import { refuseUnfit } from "./fit-machine.ts";
import { LocalFleet, type OnLaunch } from "./fleet.ts";
import { authorization } from "./front.ts";
import { closeRunFolder, openRunFolder, removeEndpointFile, writeEndpointFile } from "./paths.ts";
import { freePort } from "./ports.ts";
import { refuseIfEnding } from "./processes.ts";
import {
  type EdgePlace,
  environmentOf,
  reserveEdge,
  type StandIn,
  type StandInOptions,
  standInCloudFront,
  startStandIn,
} from "./stand-in-edge.ts";

interface LocalOptions {
  /** The edge to stand in for CloudFront. @default none: what the PREWARM_* variables point at, or CloudFront itself */
  readonly edge?: StandInOptions;
  /** Port of the API. @default 8480 if it is free, else any */
  readonly port?: number;
  readonly stackName?: string;
  /** Further variables for the Lambdas and agents. */
  readonly env?: NodeJS.ProcessEnv;
  /** Parameters of the stack. @default none */
  readonly parameters?: Readonly<Record<string, string>>;
  /** How the stack is launched. @default by `cdk bootstrap` and `cdk deploy` */
  readonly launch?: Launch;
  /** Further variables for each agent. @default all have the same */
  readonly onLaunch?: OnLaunch;
  readonly say: (line: string) => void;
}

/** Launches a stack with these parameters. */
export type Launch = (
  aws: Aws,
  clients: LocalClients,
  parameters: Readonly<Record<string, string>>,
) => Promise<Deployed>;

/** The deployed stack at work on this machine. */
export interface LocalPrewarm extends StackAtWork {
  readonly aws: Aws;
  readonly clients: LocalClients;
  readonly standIn: StandIn | undefined;
  /** CloudFront's API, if the emulator of this run is used. */
  readonly cloudFront: MemoryCloudFront;
  /** Puts another deployed stack to work beside this one. It is closed with this one. */
  putToWork(deployed: Deployed): Promise<StackAtWork>;
}

const STACK = "PrewarmStack";
const PORT = 8480;

/**
 * Starts everything. If a step fails, what was started before it is closed, newest first.
 * @throws UnfitMachineError that says what this machine lacks, before anything is started; InterruptedError if this process is to end
 */
export async function startLocalPrewarm(options: LocalOptions): Promise<LocalPrewarm> {
  const { say, stackName = STACK } = options;
  refuseUnfit(options.edge);
  openRunFolder();
  const closers: (() => Promise<unknown>)[] = [async () => closeRunFolder()];
  const close = () => closeAll(closers.splice(0).reverse());
  try {
    const place = options.edge === undefined ? undefined : await reserveEdge();
    const env: NodeJS.ProcessEnv = {
      // The edge on this machine has loopback addresses, which are refused otherwise.
      PREWARM_ALLOW_PRIVATE_ADDRESSES: process.env["PREWARM_ALLOW_PRIVATE_ADDRESSES"] || "true",
      ...(place === undefined ? {} : environmentOf(place)),
      ...options.env,
    };

    let standIn: StandIn | undefined;
    const cloudFront = standInCloudFront(options.edge, () => standIn?.edge);
    say("Starting the AWS emulator …");
    const aws = await startAws(env, say, cloudFront);
    closers.push(aws.close);
    refuseIfEnding();
    const clients = localClients(aws);

    if (options.edge !== undefined && place !== undefined) {
      say("Starting the edge …");
      standIn = await startStandIn(place, options.edge);
      closers.push(standIn.close);
    }
    refuseIfEnding();

    const launch = options.launch ?? byCdk(stackName, say);
    const deployed = await launch(aws, clients, { ...stackParameters(env), ...options.parameters });
    refuseIfEnding();
    const work = async (stack: Deployed, ports?: readonly number[]) => {
      const atWork = await putToWork(stack, { aws, clients, env, ports, say, onLaunch: options.onLaunch });
      closers.push(atWork.close);
      return atWork;
    };
    const atWork = await work(deployed, options.port === undefined ? [await freePort(PORT), 0] : [options.port]);
    writeEndpointFile(endpointFile(atWork.apiUrl, deployed, aws, place));
    closers.push(async () => removeEndpointFile());
    refuseIfEnding();
    return { ...atWork, aws, clients, standIn, cloudFront, putToWork: (stack) => work(stack), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** One that fails does not keep the others from running. @throws what the first that failed has thrown */
export async function closeAll(closers: readonly (() => Promise<unknown>)[]): Promise<void> {
  const errors: unknown[] = [];
  for (const closer of closers) await closer().catch((error: unknown) => errors.push(error));
  if (errors.length > 0) throw errors[0];
}

/** As a user does who has the code. */
function byCdk(stackName: string, say: (line: string) => void): Launch {
  return async (aws, clients, parameters) => {
    say(`Deploying ${stackName} with cdk, one to three minutes …`);
    await bootstrap(aws);
    return deploy(aws, clients, stackName, parameters);
  };
}

/** Parameters of the stack that a variable sets: waiting times of minutes are too long for a test. */
function stackParameters(env: NodeJS.ProcessEnv): Record<string, string> {
  // A function for each of several requests at once, so that a slow one delays no other.
  const room = { lambdaConcurrency: "high" };
  const stallSeconds = env["PREWARM_STALL_SECONDS"] ?? process.env["PREWARM_STALL_SECONDS"];
  return stallSeconds === undefined ? room : { ...room, stallSeconds };
}

function endpointFile(apiUrl: string, { apiKey, stackName }: Deployed, aws: Aws, edge: EdgePlace | undefined): string {
  const { endpoint: awsEndpoint, region, env } = aws;
  const awsAccessKeyId = env["AWS_ACCESS_KEY_ID"];
  return `${JSON.stringify({ apiUrl, apiKey, awsEndpoint, awsAccessKeyId, region, stackName, edge }, null, 2)}\n`;
}

/** A deployed stack with what the emulator lacks: its agents run, and its API has an address. */
interface StackAtWork {
  readonly apiUrl: string;
  readonly apiKey: string;
  readonly deployed: Deployed;
  readonly fleet: LocalFleet;
  close(): Promise<void>;
}

interface WorkOptions {
  readonly aws: Aws;
  readonly clients: LocalClients;
  /** Variables for the agents, beside those that their stack gives them. */
  readonly env: NodeJS.ProcessEnv;
  /** Ports of the API: the first that is free. @default any */
  readonly ports?: readonly number[] | undefined;
  readonly say: (line: string) => void;
  /** @default every agent has the same environment */
  readonly onLaunch?: OnLaunch | undefined;
}

export async function putToWork(deployed: Deployed, options: WorkOptions): Promise<StackAtWork> {
  const { aws, clients, env, say, onLaunch } = options;
  const fleet = await LocalFleet.start(clients, deployed, { ...aws.env, ...env }, say, onLaunch);
  try {
    const { apiId, apiKey, allowedCidrs } = deployed;
    const target = `${aws.endpoint}/_aws/execute-api/${apiId}`;
    const signed = authorization(aws, "execute-api");
    const entrance = await openEntrance({
      ports: options.ports ?? [0],
      target,
      apiKey,
      allowedCidrs,
      authorization: signed,
    });
    const close = async () => {
      await entrance.close();
      await fleet.close();
    };
    return { apiUrl: entrance.url, apiKey, deployed, fleet, close };
  } catch (error) {
    await fleet.close();
    throw error;
  }
}

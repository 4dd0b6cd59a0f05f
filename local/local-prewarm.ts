import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type LocalClients, localClients } from "./clients.ts";
import { type Deployed, deploy } from "./deploy.ts";
import { type Aws, startAws } from "./emulator.ts";
import { openEntrance } from "./entrance.ts";
import { LocalFleet } from "./fleet.ts";
import { closeRunFolder, LOCAL, openRunFolder } from "./paths.ts";
import { freePort } from "./ports.ts";
import { edgeEnvironment, reserveEdge, type StandIn, type StandInOptions, startStandIn } from "./stand-in-edge.ts";

export interface LocalOptions {
  /** The edge to stand in for CloudFront. @default none: what the PREWARM_* variables point at, or CloudFront itself */
  readonly edge?: StandInOptions;
  /** Port of the API. @default 8480 if it is free, else any */
  readonly port?: number;
  readonly stackName?: string;
  /** Environment of Lambdas and agents on top. */
  readonly env?: NodeJS.ProcessEnv;
  readonly say: (line: string) => void;
}

/** The deployed stack at work on this machine. */
export interface LocalPrewarm {
  readonly apiUrl: string;
  readonly apiKey: string;
  readonly aws: Aws;
  readonly clients: LocalClients;
  readonly deployed: Deployed;
  readonly fleet: LocalFleet;
  readonly standIn: StandIn | undefined;
  close(): Promise<void>;
}

const STACK = "PrewarmStack";
const PORT = 8480;
/** Tells other programs where the API is, for as long as it is. */
export const ENDPOINT_FILE = `${LOCAL}endpoint.json`;

/** Starts everything, newest last; whatever fails, what was started is ended again, newest first. */
export async function startLocalPrewarm(options: LocalOptions): Promise<LocalPrewarm> {
  const { say, stackName = STACK } = options;
  openRunFolder();
  const closers: (() => Promise<unknown>)[] = [async () => closeRunFolder()];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const place = options.edge === undefined ? undefined : await reserveEdge();
    const env = {
      // An edge on this machine is at addresses that are refused on AWS.
      PREWARM_ALLOW_PRIVATE_ADDRESSES: process.env["PREWARM_ALLOW_PRIVATE_ADDRESSES"] || "true",
      ...(place === undefined ? {} : edgeEnvironment(place)),
      ...options.env,
    };

    say("Starting the AWS emulator …");
    const aws = await startAws(env, say);
    closers.push(aws.close);
    const clients = localClients(aws);

    let standIn: StandIn | undefined;
    if (options.edge !== undefined && place !== undefined) {
      say("Starting the edge …");
      standIn = await startStandIn(clients.cloudFront, place, options.edge);
      closers.push(standIn.close);
    }

    say(`Deploying ${stackName} with cdk …`);
    const deployed = await deploy(aws, clients, stackName);
    const fleet = await LocalFleet.start(clients, deployed, { ...aws.env, ...env }, say);
    closers.push(() => fleet.close());

    const entrance = await openEntrance({
      port: options.port ?? (await freePort(PORT)),
      target: `${aws.endpoint}/_aws/execute-api/${deployed.apiId}`,
      apiKey: deployed.apiKey,
    });
    closers.push(entrance.close);
    writeFileSync(ENDPOINT_FILE, endpointFile(entrance.url, deployed, aws));
    closers.push(async () => removeEndpointFile(entrance.url));
    return { apiUrl: entrance.url, apiKey: deployed.apiKey, aws, clients, deployed, fleet, standIn, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function endpointFile(apiUrl: string, { apiKey, stackName }: Deployed, aws: Aws): string {
  return `${JSON.stringify({ apiUrl, apiKey, awsEndpoint: aws.endpoint, region: aws.region, stackName }, null, 2)}\n`;
}

/** Another run may have written its own meanwhile. */
function removeEndpointFile(apiUrl: string): void {
  if (!existsSync(ENDPOINT_FILE)) return;
  if (readFileSync(ENDPOINT_FILE, "utf8").includes(JSON.stringify(apiUrl))) rmSync(ENDPOINT_FILE);
}

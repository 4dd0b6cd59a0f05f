import { randomInt } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import type { MemoryCloudFront } from "../memory-aws/memory-cloudfront.ts";
import { findEmulator } from "./find-emulator.ts";
import { authorization, type Front, openFront } from "./front.ts";
import { LOCAL, RUN, socketFolder } from "./paths.ts";
import { ready, start, stop } from "./processes.ts";

const REGION = "us-east-1";
const SOCKET = "aws.sock";

/** AWS APIs to deploy to. */
export interface Aws {
  readonly endpoint: string;
  readonly region: string;
  /** What a process needs in its environment to talk to it. */
  readonly env: NodeJS.ProcessEnv;
  close(): Promise<void>;
}

/**
 * Starts the emulator on a Unix socket, and before it the front, on a free port of loopback. The emulator itself has no
 * port: it takes calls from anybody, and every web page in a browser on this machine can reach every port. If
 * AWS_ENDPOINT_URL is set, that endpoint is used instead, without a front.
 * @param functionEnv variables for the Lambdas, which inherit the emulator's environment. With AWS_ENDPOINT_URL they call
 *   through a proxy of the run
 * @param cloudFront answers for CloudFront and AWS WAF, except with AWS_ENDPOINT_URL: calls do not come by here then
 */
export async function startAws(
  functionEnv: NodeJS.ProcessEnv,
  say: (line: string) => void,
  cloudFront?: MemoryCloudFront,
): Promise<Aws> {
  const given = process.env["AWS_ENDPOINT_URL"];
  if (given !== undefined && given !== "") {
    return { ...awsAt(given, process.env["AWS_ACCESS_KEY_ID"] ?? "test"), close: async () => undefined };
  }
  const folder = socketFolder(SOCKET);
  const closers = [async () => rmSync(folder === RUN ? folder + SOCKET : folder, { recursive: true, force: true })];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const account = newAccount();
    const proxy = functionEnv["AWS_ENDPOINT_URL"];
    const front = await openFront({ socketPath: folder + SOCKET, proxy, cloudFront });
    closers.push(front.close);
    // An address, not `localhost`: the SDK puts the bucket in front of a name, and not every machine resolves that.
    const aws = awsAt(`http://127.0.0.1:${front.port}`, account);
    closers.push(await startEmulator(aws, front, folder + SOCKET, functionEnv, say));
    return { ...aws, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * An access key id of this run alone. Twelve digits: the emulator takes them as the account. The CDK command line remembers the account
 * of each key.
 */
function newAccount(): string {
  return String(randomInt(10 ** 11, 10 ** 12));
}

/** @returns what ends it */
async function startEmulator(
  aws: Omit<Aws, "close">,
  front: Front,
  socketPath: string,
  functionEnv: NodeJS.ProcessEnv,
  say: (line: string) => void,
): Promise<() => Promise<void>> {
  const { command, args, env } = await findEmulator(say);
  const tmp = `${RUN}tmp`;
  mkdirSync(tmp, { recursive: true });
  // The emulator writes CommonJS scripts there. The project's own package.json would make them ES modules.
  writeFileSync(`${tmp}/package.json`, '{ "type": "commonjs" }\n');
  rmSync(`${LOCAL}emulator.log`, { force: true });
  const environment = {
    ...aws.env,
    ...functionEnv,
    // The port in the URLs that it makes. It does not listen there: the front does.
    GATEWAY_PORT: String(front.port),
    // Calls of the API are not signed. The emulator takes them for this account's.
    MINISTACK_ACCOUNT_ID: aws.env["AWS_ACCESS_KEY_ID"],
    // No listeners for services that are not used here.
    IOT_MTLS_ENABLED: "0",
    SFTP_ENABLED: "0",
    TMPDIR: tmp,
    PYTHONDONTWRITEBYTECODE: "1",
  };
  const variables = { ...process.env, ...environment, ...env };
  const child = start(command, args(socketPath), variables, `${LOCAL}emulator.log`);
  const health = `${aws.endpoint}/_ministack/health`;
  const headers = { authorization: authorization(aws, "health") };
  try {
    await ready(health, child, "The AWS emulator", ".local/emulator.log", headers);
  } catch (error) {
    await stop(child);
    throw error;
  }
  return () => stop(child);
}

/** The AWS APIs at an endpoint, as the account of a key; in AWS_REGION, if that is set. */
function awsAt(endpoint: string, accessKeyId: string): Omit<Aws, "close"> {
  const region = process.env["AWS_REGION"] ?? REGION;
  return {
    endpoint,
    region,
    env: {
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: "local",
      AWS_EC2_METADATA_DISABLED: "true",
      // The SDK warns about Node 20, which is enough here. AWS runs Node 24.
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
    },
  };
}

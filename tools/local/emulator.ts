import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { findEmulator } from "./find-emulator.ts";
import { LOCAL, RUN } from "./paths.ts";
import { freePort } from "./ports.ts";
import { start, stop } from "./processes.ts";
import { ready } from "./ready.ts";

const REGION = "us-east-1";
/**
 * An access key of twelve digits, which the emulator takes as the account. The CDK CLI caches each key's account: no
 * other uses it.
 */
const ACCOUNT = "719325840116";

/** AWS APIs to deploy to. */
export interface Aws {
  readonly endpoint: string;
  readonly region: string;
  /** What a process needs in its environment to talk to it. */
  readonly env: NodeJS.ProcessEnv;
  close(): Promise<void>;
}

/**
 * Starts the emulator on loopback, on free ports. If AWS_ENDPOINT_URL is set, that endpoint is used instead.
 * @param functionEnv variables for the Lambdas, which inherit the emulator's environment
 */
export async function startAws(functionEnv: NodeJS.ProcessEnv, say: (line: string) => void): Promise<Aws> {
  const given = process.env["AWS_ENDPOINT_URL"];
  if (given !== undefined && given !== "") {
    return { ...awsAt(given, process.env["AWS_ACCESS_KEY_ID"] ?? "test"), close: async () => undefined };
  }
  const { command, args, env } = await findEmulator(say);
  const port = await freePort(4566);
  // An address, not `localhost`: the SDK puts the bucket in front of a name, and not every machine resolves that.
  const aws = awsAt(`http://127.0.0.1:${port}`, ACCOUNT);
  const tmp = `${RUN}tmp`;
  mkdirSync(tmp, { recursive: true });
  // The emulator writes CommonJS scripts there. The project's own package.json would make them ES modules.
  writeFileSync(`${tmp}/package.json`, '{ "type": "commonjs" }\n');
  rmSync(`${LOCAL}emulator.log`, { force: true });
  const environment = {
    ...aws.env,
    ...functionEnv,
    GATEWAY_PORT: String(port),
    BIND_HOST: "127.0.0.1",
    // Calls of the API are not signed. The emulator takes them for this account's.
    MINISTACK_ACCOUNT_ID: ACCOUNT,
    // No listeners for services that are not used here.
    IOT_MTLS_ENABLED: "0",
    SFTP_ENABLED: "0",
    TMPDIR: tmp,
    PYTHONDONTWRITEBYTECODE: "1",
  };
  const child = start(command, args(environment), { ...process.env, ...environment, ...env }, `${LOCAL}emulator.log`);
  const close = () => stop(child);
  try {
    await ready(`${aws.endpoint}/_ministack/health`, child, "The AWS emulator", ".local/emulator.log");
  } catch (error) {
    await close();
    throw error;
  }
  return { ...aws, close };
}

/** The AWS APIs at an endpoint, as the account of a key; in AWS_REGION, if that is set. */
export function awsAt(endpoint: string, accessKeyId: string): Omit<Aws, "close"> {
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

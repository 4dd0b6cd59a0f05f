import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { findEmulator } from "./find-emulator.ts";
import { LOCAL, RUN } from "./paths.ts";
import { freePort } from "./ports.ts";
import { start, stop } from "./processes.ts";
import { ready } from "./ready.ts";

const REGION = "us-east-1";
/** Twelve digits, which the emulator takes as the account. A key of our own: the CDK CLI remembers the account of a key. */
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
 * Starts the emulator, on loopback and on free ports; with AWS_ENDPOINT_URL set, what stands there is used instead.
 * `functionEnv` reaches the Lambdas: they inherit the emulator's environment.
 */
export async function startAws(functionEnv: NodeJS.ProcessEnv, say: (line: string) => void): Promise<Aws> {
  const given = process.env["AWS_ENDPOINT_URL"];
  if (given !== undefined && given !== "") {
    return { ...awsAt(given, process.env["AWS_ACCESS_KEY_ID"] ?? "test"), close: async () => undefined };
  }
  const { command, args, env } = await findEmulator(say);
  const port = await freePort(4566);
  // An address, not `localhost`: before a name the SDK puts the bucket, and not every machine resolves that.
  const aws = awsAt(`http://127.0.0.1:${port}`, ACCOUNT);
  const tmp = `${RUN}tmp`;
  mkdirSync(tmp, { recursive: true });
  // The emulator puts CommonJS scripts there, and the project's own package.json would make modules of them.
  writeFileSync(`${tmp}/package.json`, '{ "type": "commonjs" }\n');
  rmSync(`${LOCAL}emulator.log`, { force: true });
  const environment = {
    ...aws.env,
    ...functionEnv,
    GATEWAY_PORT: String(port),
    BIND_HOST: "127.0.0.1",
    // Calls of the API are not signed, and are then taken to be of this account.
    MINISTACK_ACCOUNT_ID: ACCOUNT,
    // Listeners for services that nothing here uses.
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
      // Node 20 will do here; on AWS it is 24.
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
    },
  };
}

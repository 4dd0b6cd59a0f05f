import { readFile, rm } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import * as z from "zod";
import { errorCode } from "../../domain/net/resolver.ts";
import { CommandError } from "../command-error.ts";
import type { Endpoint } from "./endpoint.ts";

const schema = z.object({
  apiUrl: z.string(),
  apiKey: z.string(),
  awsEndpoint: z.string().optional(),
  awsAccessKeyId: z.string().default(""),
  region: z.string().default(""),
  stackName: z.string().default(""),
  edge: z.object({ httpsPort: z.number(), httpPort: z.number(), dnsPort: z.number(), caFile: z.string() }).optional(),
});

interface LocalRunOptions {
  /** Whether a server listens at the address of an API. */
  readonly isUp?: (apiUrl: string) => Promise<boolean>;
  /** Called with a file that was removed, because its run has ended without removing it. */
  readonly onStale?: (file: string) => void;
}

/**
 * The local run, as long as its API listens. A file of a run that was killed is removed, unless a new run has replaced it.
 * @param folders in which `.local/` may stand; the first counts
 * @throws CommandError if the file cannot be read, or names an API that is not on this machine
 */
export async function localRun(
  folders: readonly string[],
  options: LocalRunOptions = {},
): Promise<Endpoint | undefined> {
  const { isUp = listens, onStale = () => undefined } = options;
  for (const folder of folders) {
    const file = join(folder, ".local", "endpoint.json");
    const text = await readFile(file, "utf8").catch(() => undefined);
    if (text === undefined) continue;
    const endpoint = read(text, file);
    for (const address of [endpoint.url, endpoint.localRun?.aws?.endpoint ?? endpoint.url])
      if (!isOnThisMachine(address))
        throw new CommandError(
          `${file}: '${address}' is not an http:// address of this machine`,
          "Remove the file. To call an API elsewhere: --endpoint URL, or PREWARM_ENDPOINT and PREWARM_API_KEY.",
        );
    if (await isUp(endpoint.url)) return endpoint;
    if ((await readFile(file, "utf8").catch(() => text)) !== text) return localRun(folders, options);
    await rm(file, { force: true });
    onStale(file);
  }
  return undefined;
}

/** False only if the connection is refused: a run writes its file after its API listens. */
function listens(apiUrl: string): Promise<boolean> {
  const { hostname, port } = new URL(apiUrl);
  return new Promise((resolve) => {
    const socket = connect({ host: unbracketed(hostname), port: Number(port || 80), timeout: CONNECT_MS });
    const end = (isUp: boolean) => {
      socket.destroy();
      resolve(isUp);
    };
    socket.once("connect", () => end(true));
    socket.once("timeout", () => end(true));
    socket.once("error", (error) => end(errorCode(error) !== "ECONNREFUSED"));
  });
}

const CONNECT_MS = 1_000;

/** A folder may come from anybody, and so may its file: requests, with their headers, must not leave this machine for it. */
export function isOnThisMachine(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname, username, password } = new URL(address);
  return protocol === "http:" && username + password === "" && isLoopback(hostname);
}

/** An IPv6 address without the brackets that it has in a URL. */
function unbracketed(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, "$1");
}

/** @param hostname as a URL has it */
export function isLoopback(hostname: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}

function read(text: string, file: string): Endpoint {
  try {
    const { apiUrl, apiKey, awsEndpoint, awsAccessKeyId, region, stackName, edge } = schema.parse(JSON.parse(text));
    const aws =
      awsEndpoint === undefined
        ? undefined
        : { endpoint: awsEndpoint, accessKeyId: awsAccessKeyId, region, stack: stackName };
    return { url: apiUrl, key: apiKey, from: file, localRun: { aws, edge } };
  } catch (error) {
    const next = "Remove the file, then start the local API again: npm start";
    throw new CommandError(`${file} cannot be read`, next, { cause: error });
  }
}

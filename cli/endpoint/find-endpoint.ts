import { parseUrl } from "../../domain/net/urls.ts";
import { CommandError } from "../command-error.ts";
import type { Endpoint, PlaceFlags, StackPlace } from "./endpoint.ts";
import { isLoopback } from "./local-run.ts";

export const DEFAULT_STACK = "PrewarmStack";

export interface EndpointSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The local run on this machine, if there is one. */
  readonly localRun: () => Promise<Endpoint | undefined>;
  /** A deployed stack, as AWS tells it. */
  readonly stack: (place: StackPlace) => Promise<Endpoint>;
}

/** Where the API is: at an address, or at the one that a stack's outputs name. */
export type ApiPlace =
  | { readonly endpoint: Endpoint; readonly stack?: never }
  | { readonly endpoint?: never; readonly stack: StackPlace };

/**
 * Where the API is. Precedence, highest first: options (--endpoint; --local; --stack, --profile or --aws-region); the environment
 * (PREWARM_ENDPOINT; PREWARM_STACK); a local run. A folder may come from anybody, and its file must not replace what the user has set.
 * @throws CommandError if nothing says it
 */
export async function findPlace(flags: PlaceFlags, sources: Omit<EndpointSources, "stack">): Promise<ApiPlace> {
  return (await placeIfNamed(flags, sources)) ?? refuse("No API endpoint configured");
}

/** The same, or undefined if nothing says it. */
async function placeIfNamed(flags: PlaceFlags, sources: Omit<EndpointSources, "stack">): Promise<ApiPlace | undefined> {
  const { PREWARM_ENDPOINT: endpoint = "", PREWARM_STACK: named = "", PREWARM_API_KEY: envKey = "" } = sources.env;
  const { stack, profile, region, apiKey: key } = flags;
  if (flags.endpoint !== undefined) return { endpoint: given(flags.endpoint, key ?? envKey, "--endpoint") };
  if (flags.local === true) {
    const local = (await sources.localRun()) ?? refuse("No local API is running in this folder");
    return { endpoint: key === undefined ? local : { ...local, key } };
  }
  if (stack !== undefined || profile !== undefined || region !== undefined)
    return { stack: { stack: stack ?? (named || DEFAULT_STACK), profile, region, key } };
  if (endpoint !== "") return { endpoint: given(endpoint, key ?? envKey, "PREWARM_ENDPOINT") };
  if (named !== "") return { stack: { stack: named, profile, region, key: key ?? (envKey || undefined) } };
  // A key that is meant for a stack goes to no other API, and work that is meant for it is not done elsewhere.
  const keyFrom = key !== undefined ? "--api-key" : envKey === "" ? undefined : "PREWARM_API_KEY";
  if (keyFrom !== undefined)
    throw new CommandError(
      `${keyFrom} is set, but no API endpoint is`,
      "Name the API too: PREWARM_ENDPOINT, --endpoint URL, --stack NAME or --local. For a direct run, remove the key or use --direct.",
    );
  const local = await sources.localRun();
  return local && { endpoint: local };
}

/** The doctor alone takes a stack beside the address of its API. */
function refuseSeveral({ endpoint, local, stack, profile, region }: PlaceFlags): void {
  const ofStack = [
    stack !== undefined && "--stack",
    profile !== undefined && "--profile",
    region !== undefined && "--aws-region",
  ].filter((it) => it !== false);
  const named = [...(endpoint === undefined ? [] : ["--endpoint"]), ...(local === true ? ["--local"] : []), ...ofStack];
  if (named.length > Math.max(1, ofStack.length))
    throw new CommandError(`${named.join(", ")} cannot be combined: each names an API`, "Use only one of them.");
}

/** The address of the API and the key to it; undefined if nothing says it. @throws CommandError */
export async function endpointIfNamed(flags: PlaceFlags, sources: EndpointSources): Promise<Endpoint | undefined> {
  refuseSeveral(flags);
  const place = await placeIfNamed(flags, sources);
  return place?.stack === undefined ? place?.endpoint : sources.stack(place.stack);
}

/** The same. @throws CommandError also if nothing says it */
export async function findEndpoint(flags: PlaceFlags, sources: EndpointSources): Promise<Endpoint> {
  return (await endpointIfNamed(flags, sources)) ?? refuse("No API endpoint configured");
}

function given(text: string, key: string, from: string): Endpoint {
  if (key === "")
    throw new CommandError(
      `${from} is set, but PREWARM_API_KEY is not`,
      "Set PREWARM_API_KEY, or use --api-key (other users of this machine can read it). The stack's output prewarmapikeyoutput ends with the ID of the key.",
    );
  return { url: addressOf(text, from), key, from };
}

/** The key is not sent in the clear, except on this machine. */
function addressOf(text: string, from: string): string {
  const url = parseUrl(text);
  const isHere = url !== undefined && isLoopback(url.hostname);
  if (url === undefined || (url.protocol !== "https:" && !(url.protocol === "http:" && isHere)))
    throw new CommandError(
      `${from}: '${text}' is not an https:// URL`,
      "Use the value of the stack's output prewarmapiEndpoint, such as https://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com/prod/",
    );
  return `${url.origin}${url.pathname.replace(/\/*$/, "/")}`;
}

function refuse(why: string): never {
  throw new CommandError(
    why,
    `Use one of these:
  --stack ${DEFAULT_STACK}                   a deployed stack (--profile and --aws-region as for the AWS command line)
  PREWARM_ENDPOINT and PREWARM_API_KEY   in the environment
  --endpoint URL --api-key KEY
or start the local API in the repository: npm start. If it is starting, wait until it is ready.`,
  );
}

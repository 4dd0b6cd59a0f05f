import { parseUrl } from "../../domain/net/urls.ts";
import { CommandError } from "../command-error.ts";
import type { Endpoint, PlaceFlags, StackPlace } from "./endpoint.ts";

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
 * Where the API is. Precedence, highest first: options (--endpoint; --local; --stack, --profile or an AWS --region); the environment
 * (PREWARM_ENDPOINT; PREWARM_STACK); a local run. A folder may come from anybody, and its file must not replace what the user has set.
 * @throws CommandError if nothing says it
 */
export async function findPlace(flags: PlaceFlags, sources: Omit<EndpointSources, "stack">): Promise<ApiPlace> {
  return (await placeIfNamed(flags, sources)) ?? refuse("nothing says where the API is");
}

/** The same, or undefined if nothing says it. */
async function placeIfNamed(flags: PlaceFlags, sources: Omit<EndpointSources, "stack">): Promise<ApiPlace | undefined> {
  const { PREWARM_ENDPOINT: endpoint = "", PREWARM_STACK: named = "", PREWARM_API_KEY: envKey } = sources.env;
  const { stack, profile, region, apiKey = envKey } = flags;
  if (flags.endpoint !== undefined) return { endpoint: given(flags.endpoint, apiKey, "--endpoint") };
  if (flags.local === true) return { endpoint: (await sources.localRun()) ?? refuse("there is no local run") };
  if (stack !== undefined || profile !== undefined || region !== undefined)
    return { stack: { stack: stack ?? (named || DEFAULT_STACK), profile, region } };
  if (endpoint !== "") return { endpoint: given(endpoint, apiKey, "PREWARM_ENDPOINT") };
  if (named !== "") return { stack: { stack: named, profile, region } };
  const local = await sources.localRun();
  return local && { endpoint: local };
}

/** The address of the API and the key to it; undefined if nothing says it. @throws CommandError */
export async function endpointIfNamed(flags: PlaceFlags, sources: EndpointSources): Promise<Endpoint | undefined> {
  const place = await placeIfNamed(flags, sources);
  return place?.stack === undefined ? place?.endpoint : sources.stack(place.stack);
}

/** The same. @throws CommandError also if nothing says it */
export async function findEndpoint(flags: PlaceFlags, sources: EndpointSources): Promise<Endpoint> {
  return (await endpointIfNamed(flags, sources)) ?? refuse("nothing says where the API is");
}

function given(text: string, key: string | undefined, from: string): Endpoint {
  if (key === undefined || key === "")
    throw new CommandError(
      `${from} is there, and no key`,
      "Set PREWARM_API_KEY (other users of a machine can read --api-key). The stack's output prewarmapikeyoutput names the key.",
    );
  return { url: addressOf(text, from), key, from };
}

/** The key is not sent in the clear, except on this machine. */
function addressOf(text: string, from: string): string {
  const url = parseUrl(text);
  const isHere = url !== undefined && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
  if (url === undefined || (url.protocol !== "https:" && !(url.protocol === "http:" && isHere)))
    throw new CommandError(
      `${from}: '${text}' is no https:// address`,
      "It is the stack's output prewarmapiEndpoint, such as https://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com/prod/",
    );
  return `${url.origin}${url.pathname.replace(/\/*$/, "/")}`;
}

function refuse(why: string): never {
  throw new CommandError(
    why,
    `Say it with one of these:
  --stack ${DEFAULT_STACK}                   a deployed stack (--profile and --region as for the AWS command line)
  PREWARM_ENDPOINT and PREWARM_API_KEY   in the environment
  --endpoint URL --api-key KEY
or start the local run in the repository: npm start; or it is still starting`,
  );
}

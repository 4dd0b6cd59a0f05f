import { fileURLToPath } from "node:url";
import { CommandError } from "../command-error.ts";
import type { Endpoint, PlaceFlags } from "../endpoint/endpoint.ts";
import {
  type ApiPlace,
  type EndpointSources,
  endpointIfNamed,
  findEndpoint,
  findPlace,
} from "../endpoint/find-endpoint.ts";
import { localRun } from "../endpoint/local-run.ts";
import { stackEndpoint } from "../endpoint/stack-outputs.ts";
import { mention, type Shell } from "../shell.ts";

/** The repository that the command is part of: this file is two folders below it, and so is the bundle in `cli/dist/`. */
export const REPOSITORY = fileURLToPath(new URL("../../", import.meta.url));

type Caller = Pick<Shell, "env" | "cwd"> & Partial<Pick<Shell, "stderr">>;

/** Which API is meant, without a call of AWS: the address, or the stack that has it. @throws CommandError if nothing says it */
export function findApi(shell: Caller, flags: PlaceFlags): Promise<ApiPlace> {
  return findPlace(flags, sourcesOf(shell));
}

/** The address of the API and its key; AWS is asked for those of a stack. @throws CommandError if nothing says it */
export function endpointOf(shell: Caller, flags: PlaceFlags): Promise<Endpoint> {
  return findEndpoint(flags, sourcesOf(shell));
}

/**
 * The same; undefined if neither options nor the environment nor a local run says it. Commands that also work without a stack call
 * `connect` of `cli/direct/`.
 * @throws CommandError if a local run has ended: what was meant for its emulator must not go to CloudFront
 */
export async function namedEndpoint(shell: Caller, flags: PlaceFlags): Promise<Endpoint | undefined> {
  const stale: string[] = [];
  const endpoint = await endpointIfNamed(flags, sourcesOf(shell, stale));
  if (endpoint === undefined && stale.length > 0)
    throw new CommandError(
      "the local run has ended; its file .local/endpoint.json was removed",
      "Nothing was started. To warm CloudFront from this machine, run the command again. To start the local run: npm start.",
    );
  return endpoint;
}

/** @param stale gets the files that were removed */
function sourcesOf({ env, cwd, stderr }: Caller, stale: string[] = []): EndpointSources {
  const onStale = (file: string) => {
    stale.push(file);
    if (stderr !== undefined) mention({ stderr }, `${file} was removed: the local run that wrote it has ended.`);
  };
  return {
    env,
    localRun: () => localRun([cwd, REPOSITORY], { onStale }),
    stack: async (place) => stackEndpoint(place, (await import("../endpoint/ask-aws.ts")).askAws(place)),
  };
}

import { fileURLToPath } from "node:url";
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
 */
export function namedEndpoint(shell: Caller, flags: PlaceFlags): Promise<Endpoint | undefined> {
  return endpointIfNamed(flags, sourcesOf(shell));
}

function sourcesOf({ env, cwd, stderr }: Caller): EndpointSources {
  const onStale = (file: string) => {
    if (stderr !== undefined) mention({ stderr }, `${file} was removed: the local run that wrote it has ended.`);
  };
  return {
    env,
    localRun: () => localRun([cwd, REPOSITORY], { onStale }),
    stack: async (place) => stackEndpoint(place, (await import("../endpoint/ask-aws.ts")).askAws(place)),
  };
}

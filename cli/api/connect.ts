import { fileURLToPath } from "node:url";
import type { Endpoint, PlaceFlags } from "../endpoint/endpoint.ts";
import { type ApiPlace, findEndpoint, findPlace, placeIfNamed } from "../endpoint/find-endpoint.ts";
import { localRun } from "../endpoint/local-run.ts";
import { stackEndpoint } from "../endpoint/stack-outputs.ts";
import type { Shell } from "../shell.ts";

/** The repository that the command is part of: this file is two folders below it, and so is the bundle in `cli/dist/`. */
export const REPOSITORY = fileURLToPath(new URL("../../", import.meta.url));

/** Where the API is. AWS is not asked. @throws CommandError if nothing says it */
export function findApi(shell: Pick<Shell, "env" | "cwd">, flags: PlaceFlags): Promise<ApiPlace> {
  return findPlace(flags, { env: shell.env, localRun: () => localRun([shell.cwd, REPOSITORY]) });
}

export function endpointOf(shell: Pick<Shell, "env" | "cwd">, flags: PlaceFlags): Promise<Endpoint> {
  return findEndpoint(flags, {
    env: shell.env,
    localRun: () => localRun([shell.cwd, REPOSITORY]),
    stack: async (place) => stackEndpoint(place, (await import("../endpoint/ask-aws.ts")).askAws(place)),
  });
}

/** Whether options, the environment or a local run name an API. */
export async function isStackNamed(shell: Pick<Shell, "env" | "cwd">, flags: PlaceFlags): Promise<boolean> {
  const place = await placeIfNamed(flags, { env: shell.env, localRun: () => localRun([shell.cwd, REPOSITORY]) });
  return place !== undefined;
}

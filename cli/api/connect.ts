import { fileURLToPath } from "node:url";
import type { Endpoint, PlaceFlags } from "../endpoint/endpoint.ts";
import { type ApiPlace, findEndpoint, findPlace } from "../endpoint/find-endpoint.ts";
import { localRun } from "../endpoint/local-run.ts";
import { stackEndpoint } from "../endpoint/stack-outputs.ts";
import type { Shell } from "../shell.ts";
import { Client } from "./client.ts";

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

/** A client of the API that is meant. */
export async function connect(shell: Pick<Shell, "env" | "cwd">, flags: PlaceFlags): Promise<Client> {
  return new Client(await endpointOf(shell, flags));
}

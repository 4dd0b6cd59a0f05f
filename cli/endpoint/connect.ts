import { fileURLToPath } from "node:url";
import { Client } from "../api/client.ts";
import type { Shell } from "../shell.ts";
import type { Endpoint, PlaceFlags } from "./endpoint.ts";
import { findEndpoint } from "./find-endpoint.ts";
import { localRun } from "./local-run.ts";
import { stackEndpoint } from "./stack-outputs.ts";

/** The repository that the command is part of: this file is two folders below it, and so is the bundle in `cli/dist/`. */
export const REPOSITORY = fileURLToPath(new URL("../../", import.meta.url));

export function endpointOf(shell: Pick<Shell, "env" | "cwd">, flags: PlaceFlags): Promise<Endpoint> {
  return findEndpoint(flags, {
    env: shell.env,
    localRun: () => localRun([shell.cwd, REPOSITORY]),
    stack: async (place) => stackEndpoint(place, (await import("./ask-aws.ts")).askAws(place)),
  });
}

/** A client of the API that is meant. */
export async function connect(shell: Pick<Shell, "env" | "cwd">, flags: PlaceFlags): Promise<Client> {
  return new Client(await endpointOf(shell, flags));
}

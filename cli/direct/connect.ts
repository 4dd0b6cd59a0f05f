import { Client } from "../api/client.ts";
import { namedEndpoint } from "../api/connect.ts";
import { CommandError } from "../command-error.ts";
import type { PlaceFlags } from "../endpoint/endpoint.ts";
import type { Shell } from "../shell.ts";
import type { DirectClient } from "./direct-client.ts";

/** The API that is meant; where nothing names one, the direct runs of this machine. @throws CommandError for options of both */
export async function connect(
  shell: Pick<Shell, "env" | "cwd"> & Partial<Pick<Shell, "stderr">>,
  flags: PlaceFlags,
): Promise<Client | DirectClient> {
  const { direct, dns = [], stack, profile, region, endpoint, local, apiKey } = flags;
  const named = { stack, profile, "aws-region": region, endpoint, local, "api-key": apiKey };
  const [other] = Object.entries(named).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  if (direct === true && other !== undefined)
    throw new CommandError(
      `--direct cannot be combined with --${other}`,
      "A direct run uses no API. Remove one of the two.",
    );
  const api = direct === true ? undefined : await namedEndpoint(shell, flags);
  if (api === undefined) return connectDirect(shell, dns);
  if (dns.length > 0)
    throw new CommandError(
      "--dns applies to direct runs only; a stack uses its own resolver",
      "Remove --dns, or add --direct.",
    );
  return new Client(api);
}

export async function connectDirect(shell: Pick<Shell, "env">, dns: readonly string[]): Promise<DirectClient> {
  return (await import("./direct.ts")).directClient(shell, dns);
}

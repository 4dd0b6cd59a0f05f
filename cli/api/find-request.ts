import type { Listed } from "../../client/answers.ts";
import { isWholeId, requestsStartingWith } from "../../client/request-ids.ts";
import { CommandError } from "../command-error.ts";
import type { Api } from "./client.ts";

/** A request that was named, and what the list says of it; absent: it is not among the newest. */
export interface Found {
  readonly id: string;
  readonly listed: Listed | undefined;
}

/**
 * The request that is meant: a whole id, the beginning of one, or without any the newest.
 * @throws CommandError for none, or several
 */
export async function findRequest(client: Pick<Api, "requests">, named: string | undefined): Promise<Found> {
  if (named === undefined) return newestOf((await client.requests({ limit: 1 })).value.requests);
  const id = named.trim().toLowerCase();
  return pick(await requestsStartingWith(client, id), id);
}

function newestOf([newest]: readonly Listed[]): Found {
  if (newest === undefined)
    throw new CommandError("there is no request yet", (command) => `Start one: ${command("warm", "URL")}`);
  return { id: newest.request_id, listed: newest };
}

/** @param found the requests whose id begins so */
function pick(found: readonly Listed[], named: string): Found {
  const [only] = found;
  if (isWholeId(named)) return { id: named, listed: only };
  if (only === undefined || named === "")
    throw new CommandError(
      `no request has an id that begins with '${named}'`,
      (command) => `\`${command("list")}\` shows the newest requests. They are kept for 30 days.`,
    );
  if (found.length > 1) {
    const each = found.map((it) => `\n  ${it.request_id}  ${it.status}  ${it.url_prefix}`);
    throw new CommandError(
      `'${named}' is ambiguous, because ${found.length} ids begin with it:${each.join("")}`,
      "Use more characters of the id.",
    );
  }
  return { id: only.request_id, listed: only };
}

import type { Listed } from "../../client/answers.ts";
import { CommandError } from "../command-error.ts";
import type { Api } from "./client.ts";

const WHOLE = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** As many as one call may list. */
const NEWEST = 100;

/** A request that was named, and what the list says of it; absent: it is not among the newest. */
export interface Found {
  readonly id: string;
  readonly listed: Listed | undefined;
}

/**
 * The request that is meant: a whole id, the beginning of one among the newest, or without any the newest.
 * @throws CommandError for none, or several
 */
export async function findRequest(client: Pick<Api, "requests">, named: string | undefined): Promise<Found> {
  const { value } = await client.requests({ limit: named === undefined ? 1 : NEWEST });
  return named === undefined ? newestOf(value.requests) : pick(value.requests, named.trim().toLowerCase());
}

function newestOf([newest]: readonly Listed[]): Found {
  if (newest === undefined) throw new CommandError("there is no request yet", "Start one: prewarm warm URL");
  return { id: newest.request_id, listed: newest };
}

/** @param requests the newest first */
export function pick(requests: readonly Listed[], named: string): Found {
  const found = requests.filter(({ request_id }) => request_id.startsWith(named));
  const [only] = found;
  if (WHOLE.test(named)) return { id: named, listed: only };
  if (only === undefined || named === "")
    throw new CommandError(
      `no request begins with '${named}' among the newest ${requests.length}`,
      "`prewarm list` shows them. An older one needs its whole id.",
    );
  if (found.length > 1) {
    const each = found.map((it) => `\n  ${it.request_id}  ${it.status}  ${it.url_prefix}`);
    throw new CommandError(
      `'${named}' is the beginning of ${found.length} ids:${each.join("")}`,
      "Give more characters.",
    );
  }
  return { id: only.request_id, listed: only };
}

/** As much of an id as people read. */
export function shortId(id: string): string {
  return id.slice(0, 8);
}

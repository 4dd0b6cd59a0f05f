import type { Listed } from "./answers.ts";
import type { ApiClient } from "./api-client.ts";

const ID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
const WHOLE = new RegExp(`^${ID}$`);
const NAMED = new RegExp(`\\brequest (${ID})\\b`);
/** As many as one call may list, and so many calls at most. */
const PAGE = 100;
const MAX_PAGES = 20;

/** Whether it is an id, rather than the beginning of one. */
export function isWholeId(named: string): boolean {
  return WHOLE.test(named);
}

/** The id of the request that a message of the API names. */
export function idIn(message: string): string | undefined {
  return NAMED.exec(message)?.[1];
}

/** The requests whose id begins so, the newest first. Of a whole id the newest are searched alone: the API knows it, whatever the list says. */
export async function requestsStartingWith(client: Pick<ApiClient, "requests">, named: string): Promise<Listed[]> {
  const found: Listed[] = [];
  let next: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const { value } = await client.requests({ limit: PAGE, next });
    found.push(...value.requests.filter(({ request_id }) => request_id.startsWith(named)));
    next = value.next ?? undefined;
    if (next === undefined || isWholeId(named)) break;
  }
  return found;
}

/** As much of an id as people read, and as the clients need to find it. */
export function shortId(id: string): string {
  return id.slice(0, 8);
}

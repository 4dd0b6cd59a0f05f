import { ApiClient } from "../../../client/api-client.ts";
import { fail, type Judgement, ok, warn } from "../judgement.ts";

/** What GET /instances answered. */
export interface KeyTried {
  readonly withKey: { readonly status: number; readonly body: string };
  readonly withoutKey: { readonly status: number };
}

const CALL = { method: "GET", path: "instances" } as const;

/** Asks with the client's key and without one. */
export async function triedKey(client: ApiClient): Promise<KeyTried> {
  const { status, text } = await client.ask(CALL);
  return {
    withKey: { status, body: text },
    withoutKey: await new ApiClient(client.url, undefined).ask(CALL),
  };
}

export function judgeApiKey({ withKey, withoutKey }: KeyTried): Judgement {
  if (withoutKey.status === 200)
    return fail("GET /instances answers without a key", "look at the methods of the API: each must ask for a key");
  if (withKey.status === 403) return fail("the stack's own key is refused", "look at the usage plan of the API");
  if (withKey.status >= 500) return fail(`GET /instances: HTTP ${withKey.status}`, "read the log of the function Api");
  if (withKey.status !== 200)
    return warn(`GET /instances: HTTP ${withKey.status}`, "ask again; then read the Api's log");
  if (withoutKey.status !== 403)
    return warn(`GET /instances without a key: HTTP ${withoutKey.status}, where 403 is the refusal`, "ask again");
  const wanted = /"desiredcapacity"\s*:\s*(\d+)/.exec(withKey.body)?.[1];
  if (wanted === undefined) return fail("GET /instances answers something else", "is that address the stack's API?");
  return ok(`the key opens GET /instances (${wanted} instances wanted), and nothing else does`);
}

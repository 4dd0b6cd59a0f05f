import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "@aws-lambda-powertools/logger";
import type { ClientTokens } from "../../aws/client-tokens.ts";
import type { RequestReader } from "../../aws/request-reader.ts";
import type { TokenClaim } from "../../domain/request/client-token.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import { errorFields } from "../../domain/telemetry/log-fields.ts";
import { RefusedError } from "./refused-error.ts";

const WAIT_MS = 10_000;
const POLL_MS = 250;
/** No call takes longer than API Gateway waits. A request that is not there by then is not made any more. */
const GIVEN_UP_MS = 60_000;

export interface OnceForTokenDeps {
  readonly tokens: Pick<ClientTokens, "claim" | "read" | "release">;
  readonly requests: Pick<RequestReader, "get">;
  readonly logger: Pick<Logger, "error">;
  readonly now: () => Date;
}

/** A token, and the digest of the body that it comes with. */
export interface Token {
  readonly token: string;
  readonly digest: string;
}

/**
 * Makes a request, or finds the one that was made with the same token and body: also when both calls come at once.
 * @param make makes it under the id that it gets
 * @param waitMs how long to wait for another call that makes it right now
 * @throws RefusedError 409 when the token stands for another body, or for a request that is still being made
 */
export async function onceForToken(
  deps: OnceForTokenDeps,
  { token, digest }: Token,
  reqId: string,
  make: (reqId: string) => Promise<RequestItem>,
  waitMs = WAIT_MS,
): Promise<RequestItem> {
  const claim: TokenClaim = { req_id: reqId, digest, at: deps.now().getTime() };
  if (!(await deps.tokens.claim(token, claim))) {
    const other = await deps.tokens.read(token);
    if (other !== undefined) {
      if (other.digest !== digest) throw otherBody(other);
      const item = await made(deps, other, waitMs);
      if (item !== undefined) return item;
      if (claim.at - other.at < GIVEN_UP_MS) throw stillMade(other);
    }
    // Whoever had it has died before the request stood.
    if (!(await deps.tokens.claim(token, claim, other))) throw stillMade(other);
  }
  try {
    return await make(reqId);
  } catch (error) {
    await deps.tokens
      .release(token, reqId)
      .catch((cause: unknown) => deps.logger.error("A client token stays taken", { error: errorFields(cause) }));
    throw error;
  }
}

async function made({ requests }: OnceForTokenDeps, { req_id }: TokenClaim, waitMs: number) {
  for (let waited = 0; ; waited += POLL_MS) {
    const item = await requests.get(req_id);
    if (item !== undefined || waited >= waitMs) return item;
    await sleep(POLL_MS);
  }
}

function otherBody({ req_id }: TokenClaim): RefusedError {
  return new RefusedError(
    409,
    `client_token: was sent with another body within the last 24 hours; that made the request ${req_id}`,
  );
}

function stillMade(other: TokenClaim | undefined): RefusedError {
  const which = other === undefined ? "a request" : `the request ${other.req_id}`;
  return new RefusedError(409, `client_token: another call is making ${which} with it; send this again in a moment`);
}

import type { ClientTokens } from "../../aws/client-tokens.ts";
import type { TokenClaim } from "../../domain/request/client-token.ts";

/** Tokens that never expire. */
export class FakeTokens implements Pick<ClientTokens, "claim" | "read" | "release"> {
  readonly claims = new Map<string, TokenClaim>();

  async claim(token: string, claim: TokenClaim, instead?: TokenClaim) {
    const known = this.claims.get(token);
    if (known !== undefined && known.req_id !== instead?.req_id) return false;
    this.claims.set(token, claim);
    return true;
  }
  async read(token: string) {
    return this.claims.get(token);
  }
  async release(token: string, reqId: string) {
    if (this.claims.get(token)?.req_id === reqId) this.claims.delete(token);
  }
}

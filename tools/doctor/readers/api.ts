import { request } from "undici";
import type { KeyTried } from "../deployed/api-key.ts";

const TIMEOUT_MS = 35_000;

/** The deployed API, asked as its users do. */
export class Api {
  constructor(
    /** Ends in a slash. */
    readonly url: string,
    private readonly key: string,
  ) {}

  /** GET /instances with the key and without one. */
  async instances(): Promise<KeyTried> {
    const withKey = await this.call("GET", "instances");
    const withoutKey = await this.call("GET", "instances", undefined, {});
    return { withKey, withoutKey };
  }

  async call(method: "GET" | "POST", path: string, body?: string, headers: Record<string, string> = this.keyed()) {
    const answer = await request(this.url + path, {
      method,
      headers: { "content-type": "application/json", ...headers },
      body: body ?? null,
      headersTimeout: TIMEOUT_MS,
    });
    return { status: answer.statusCode, body: await answer.body.text() };
  }

  private keyed(): Record<string, string> {
    return { "x-api-key": this.key };
  }
}

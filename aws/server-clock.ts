import { setTimeout as sleep } from "node:timers/promises";
import type { DynamoDBDocument } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";

/** A `Date` header has whole seconds. */
const RESOLUTION_MS = 1_000;
/** A clock drifts by less than this share: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/set-time.html */
const DRIFT = 0.000_1;
/** `Date` has whole seconds. This many calls, spread over one second, show when the server's second changes. */
const SYNC_CALLS = 20;
const SYNC_INTERVAL_MS = 51;

const responseSchema = z.object({ headers: z.record(z.string(), z.string()) });

/** When a request was sent and its response received, by this machine's clock, and the server's `Date`; milliseconds since the epoch. */
export interface DateSample {
  readonly sentAt: number;
  readonly receivedAt: number;
  readonly date: number;
}

/**
 * The time by the clock of DynamoDB, which all processes share. Each response bounds the difference to this machine's clock; the bounds intersect
 * (Marzullo's algorithm, as in NTP: https://www.rfc-editor.org/rfc/rfc5905). As long as 0 is within the bounds, this machine's clock is used.
 */
export class ServerClock {
  private low = Number.NEGATIVE_INFINITY;
  private high = Number.POSITIVE_INFINITY;
  private at = 0;

  constructor(private readonly local: () => number = Date.now) {}

  /** Milliseconds since the epoch. */
  now(): number {
    return this.local() + this.offset;
  }

  /** What is added to this machine's clock, in milliseconds. */
  get offset(): number {
    return this.low > 0 || this.high < 0 ? (this.low + this.high) / 2 : 0;
  }

  observe({ sentAt, receivedAt, date }: DateSample): void {
    const low = date - receivedAt;
    const high = date + RESOLUTION_MS - sentAt;
    const drift = this.at === 0 ? 0 : DRIFT * Math.max(0, receivedAt - this.at);
    this.at = receivedAt;
    this.low = Math.max(this.low - drift, low);
    this.high = Math.min(this.high + drift, high);
    // The clock was set.
    if (this.low > this.high) [this.low, this.high] = [low, high];
  }

  /** Observes every response that a client receives. */
  follow(client: Pick<DynamoDBDocument, "middlewareStack">): void {
    client.middlewareStack.add(
      (next) => async (args) => {
        const sentAt = this.local();
        const result = await next(args);
        const date = Date.parse(responseSchema.safeParse(result.response).data?.headers["date"] ?? "");
        if (!Number.isNaN(date)) this.observe({ sentAt, receivedAt: this.local(), date });
        return result;
      },
      // Next to the network: each attempt of the SDK is measured by itself.
      { step: "deserialize", priority: "low", name: "serverClock" },
    );
  }

  /** Makes some calls, within about a second, after which the bounds are at most some 50 ms and a round trip apart. */
  async sync(call: () => Promise<unknown>): Promise<void> {
    const calls = Array.from({ length: SYNC_CALLS }, async (_, n) => {
      await sleep(n * SYNC_INTERVAL_MS);
      await call().catch(() => undefined);
    });
    await Promise.all(calls);
  }
}

import { randomUUID } from "node:crypto";
import { request } from "undici";
import * as z from "zod";
import { retry } from "../../domain/retry.ts";

const TOKEN_SECONDS = 21_600;
const TIMEOUT_MS = 2_000;

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html */
const spotNoticeSchema = z.object({ action: z.string() });

/**
 * The instance's metadata service, version 2 (a token first):
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
 */
export class InstanceMetadata {
  constructor(private readonly endpoint: string) {}

  async instanceId(): Promise<string | undefined> {
    return this.get("/latest/meta-data/instance-id");
  }

  /**
   * What Spot is about to do (`terminate`, `stop`, `hibernate`) about two minutes from now; undefined: nothing.
   * @throws SyntaxError or ZodError if the answer is no Spot notice: something else answers at the address
   */
  async spotAction(): Promise<string | undefined> {
    const notice = await this.get("/latest/meta-data/spot/instance-action");
    return notice === undefined ? undefined : spotNoticeSchema.parse(JSON.parse(notice)).action;
  }

  private async get(path: string): Promise<string | undefined> {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const token = await request(`${this.endpoint}/latest/api/token`, {
      method: "PUT",
      headers: { "x-aws-ec2-metadata-token-ttl-seconds": String(TOKEN_SECONDS) },
      signal,
    });
    const answer = await request(this.endpoint + path, {
      headers: { "x-aws-ec2-metadata-token": await token.body.text() },
      signal,
    });
    const text = await answer.body.text();
    return answer.statusCode === 200 ? text : undefined;
  }
}

/** About eight seconds in all: at boot, the metadata service may be late. */
const ATTEMPTS = 6;
const FIRST_PAUSE_MS = 250;

/**
 * The instance's id. If the metadata service does not give it, a random one, so that no two agents have the same.
 */
export async function identify(
  metadata: Pick<InstanceMetadata, "instanceId">,
  firstPauseMs = FIRST_PAUSE_MS,
): Promise<string> {
  const id = await retry(() => metadata.instanceId().catch(() => undefined), {
    attempts: ATTEMPTS,
    firstMs: firstPauseMs,
    retryOnResult: (it) => !it,
  });
  return id || `unknown-${randomUUID()}`;
}

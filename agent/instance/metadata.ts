import { randomUUID } from "node:crypto";
import { request } from "undici";
import { retry } from "../../domain/retry.ts";

const TOKEN_SECONDS = 21_600;
const TIMEOUT_MS = 2_000;

/**
 * The instance's metadata service, version 2 (a token first):
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
 */
export class InstanceMetadata {
  constructor(private readonly endpoint: string) {}

  async instanceId(): Promise<string | undefined> {
    return this.get("/latest/meta-data/instance-id");
  }

  /** The notice that Spot is about to terminate, stop or hibernate the instance, about two minutes before; undefined: there is none. */
  async spotNotice(): Promise<string | undefined> {
    return this.get("/latest/meta-data/spot/instance-action");
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

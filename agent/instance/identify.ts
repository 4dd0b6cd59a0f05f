import { randomUUID } from "node:crypto";
import { retry } from "../../domain/retry.ts";
import type { InstanceMetadata } from "./metadata.ts";

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
    again: isMissing,
  });
  return isMissing(id) ? `unknown-${randomUUID()}` : id;
}

function isMissing(id: string | undefined): id is undefined | "" {
  return id === undefined || id === "";
}

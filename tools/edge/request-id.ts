import { randomFillSync } from "node:crypto";

const ID_BYTES = 40;
const pool = Buffer.alloc(ID_BYTES * 128);
let used = pool.length;

/** An `x-amz-cf-id`: 56 characters of base64url with its padding. Random bytes are drawn for many ids at a time. */
export function requestId(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += ID_BYTES;
  return `${pool.toString("base64url", used - ID_BYTES, used)}==`;
}

import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { BodyFault } from "./faults.ts";

/** TLS encrypts at once all that it is given. A large body in one piece would be in memory twice for every client. */
const SLICE_BYTES = 256 * 1024;

/**
 * Clients on libuv take a reset that arrives together with data for a normal end. So they get time to read the data.
 */
const RESET_DELAY_MS = 20;

/** How often a slow body goes on. */
const DRIP_MS = 50;

/** Content-Length as the answer states it. */
export function statedLength(length: number, fault: BodyFault | undefined): number {
  return fault?.kind === "lie" ? Math.max(0, length + fault.contentLengthDelta) : length;
}

/**
 * Sends the body of a response whose head is written, as far as the fault allows.
 *
 * @param reset ends a connection with RST
 * @returns how many bytes of the body are to be sent
 */
export function deliver(
  response: ServerResponse,
  body: Buffer,
  fault: BodyFault | undefined,
  reset: (socket: Socket) => void,
): number {
  // The client may have left while the tiers were asked; writing to it would be an unhandled error.
  if (response.destroyed) return 0;
  if (fault === undefined) {
    if (body.length <= SLICE_BYTES) response.end(body);
    else pour(response, body, () => response.end());
    return body.length;
  }
  if (fault.kind === "drip") {
    drip(response, body, fault.bytesPerSecond);
    return body.length;
  }
  const { socket } = response;
  const part = "after" in fault && fault.after !== undefined ? body.subarray(0, Math.max(0, fault.after)) : body;
  // Nothing else sends the head when the part is empty. A reset at once comes before it: that POP does not answer.
  if (fault.kind !== "reset" || part.length > 0) response.flushHeaders();
  pour(response, part, () => {
    if (fault.kind === "reset" && socket) setTimeout(reset, RESET_DELAY_MS, socket).unref();
    else if (fault.kind !== "stall") socket?.end();
  });
  return part.length;
}

/** Each slice waits until the one before it was taken: a client that reads slowly costs one slice. */
function pour(response: ServerResponse, body: Buffer, done: () => void, from = 0): void {
  if (from >= body.length) {
    done();
    return;
  }
  response.write(body.subarray(from, from + SLICE_BYTES), (error) => {
    if (!error && !response.destroyed) pour(response, body, done, from + SLICE_BYTES);
  });
}

/** Sends the body at a rate. What the client does not take in time is not sent faster later. */
function drip(response: ServerResponse, body: Buffer, bytesPerSecond: number): void {
  const slice = Math.max(1, Math.ceil((bytesPerSecond * DRIP_MS) / 1_000));
  let sent = 0;
  response.flushHeaders();
  const timer = setInterval(() => {
    if (response.writableNeedDrain) return;
    response.write(body.subarray(sent, sent + slice));
    sent += slice;
    if (sent < body.length) return;
    clearInterval(timer);
    response.end();
  }, DRIP_MS);
  response.once("close", () => clearInterval(timer));
}

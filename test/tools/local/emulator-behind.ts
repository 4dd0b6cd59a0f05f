// Provides an emulator that answers anybody, on a Unix socket, as MiniStack does.
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingHttpHeaders } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Arrived {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

interface EmulatorBehind {
  readonly socketPath: string;
  /** What has reached it. */
  readonly arrived: Arrived[];
}

/** @param answer the body of each answer */
export async function emulatorBehind(answer: (call: Arrived) => string = () => "{}"): Promise<EmulatorBehind> {
  const folder = mkdtempSync(join(tmpdir(), "prewarm-front-"));
  const socketPath = join(folder, "aws.sock");
  const arrived: Arrived[] = [];
  const server = createServer(async (from, to) => {
    const body = Buffer.concat(await from.toArray()).toString("utf8");
    const call = { method: from.method, url: from.url, headers: from.headers, body };
    arrived.push(call);
    // MiniStack lets every page read.
    to.writeHead(200, { "access-control-allow-origin": "*" }).end(answer(call));
  });
  server.listen(socketPath);
  await once(server, "listening");
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return { socketPath, arrived };
}

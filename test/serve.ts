import { createServer, type RequestListener } from "node:http";
import { end, listen } from "../tools/listen.ts";

/** A server on loopback that ends with the test. @returns its URL */
export async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  onTestFinished(() => end(server));
  return listen(server);
}

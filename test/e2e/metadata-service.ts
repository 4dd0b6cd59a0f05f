// Provides the metadata service of the agents' instances, to give them a Spot notice.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** An instance's metadata service (version 2: nothing without a token), with a Spot notice when it is told to give one. */
export interface MetadataService {
  readonly url: string;
  /** What Spot is about to do; undefined: nothing. */
  spotAction: "terminate" | undefined;
  close(): void;
}

export async function startMetadataService(): Promise<MetadataService> {
  const service = { url: "", spotAction: undefined as "terminate" | undefined, close: () => void server.close() };
  const server = createServer((request, response) => {
    if (request.method === "PUT" && request.url === "/latest/api/token") return response.end("the-token");
    if (request.headers["x-aws-ec2-metadata-token"] !== "the-token") return response.writeHead(401).end();
    if (request.url !== "/latest/meta-data/spot/instance-action" || service.spotAction === undefined) {
      return response.writeHead(404).end();
    }
    return response.end(JSON.stringify({ action: service.spotAction, time: new Date(Date.now() + 120_000) }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  service.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return service;
}

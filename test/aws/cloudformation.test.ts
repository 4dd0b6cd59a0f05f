import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { expect, it, onTestFinished } from "vitest";
import { answerCloudFormation } from "../../aws/custom-resources.ts";

interface Put extends Pick<IncomingMessage, "method" | "url" | "headers"> {
  readonly body: string;
}

/** The bucket behind the signed URL, which answers every call with this status. */
async function listen(status: number): Promise<{ readonly url: string; readonly puts: Put[] }> {
  const puts: Put[] = [];
  const server = createServer(async (request, response) => {
    const { method, url, headers } = request;
    puts.push({ method, url, headers, body: await text(request) });
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/answer?signature=s`, puts };
}

it("gets the answer by PUT, without the Content-Type that the URL is not signed with", async () => {
  const { url, puts } = await listen(200);
  await answerCloudFormation(url, '{"Status":"SUCCESS"}');
  expect(puts).toMatchObject([{ method: "PUT", url: "/answer?signature=s", body: '{"Status":"SUCCESS"}' }]);
  expect(puts[0]?.headers).not.toHaveProperty("content-type");
  // S3 takes no body of unknown length.
  expect(puts[0]?.headers["content-length"]).toBe("20");
});

it("that does not take it is a fault, and is said so", async () => {
  const { url } = await listen(403);
  await expect(answerCloudFormation(url, "{}")).rejects.toThrow("CloudFormation took the answer with HTTP 403");
});

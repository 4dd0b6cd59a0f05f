// The function that the recipe for uploads shows, against servers in the place of API Gateway and of the API.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { prewarmBodySchema } from "../../../domain/validation/bodies.ts";
import { uploaded } from "./uploaded.ts";

const asked: { readonly url: string; readonly key: unknown; readonly body: string }[] = [];
let status = 200;
const server = createServer(async (from, to) => {
  const url = from.url ?? "";
  asked.push({ url, key: from.headers["x-api-key"], body: await text(from) });
  const isKey = url.startsWith("/apikeys/");
  to.writeHead(isKey ? 200 : status, { "content-type": "application/json" });
  to.end(isKey ? '{"value":"the key"}' : '{"error_message":"too much"}');
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const address = `http://127.0.0.1:${port}`;
  vi.stubEnv("AWS_ENDPOINT_URL", address).stubEnv("AWS_REGION", "eu-central-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "x").stubEnv("AWS_SECRET_ACCESS_KEY", "x");
  vi.stubEnv("API", `${address}/prod/`).stubEnv("KEY_ID", "k1").stubEnv("SITE", "www.example.com");
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
  vi.unstubAllEnvs();
});
beforeEach(() => {
  asked.length = 0;
  status = 200;
});

it("posts the list with the key that API Gateway tells", async () => {
  const { handler } = await import("../../../docs/snippets/warm-upload.ts");
  await handler(uploaded("my-bucket", "lists/a b.txt"));
  expect(asked.map(({ url, key }) => [url, key])).toEqual([
    ["/apikeys/k1?includeValue=true", undefined],
    ["/prod/prewarm", "the key"],
  ]);
  const body: unknown = JSON.parse(asked[1]?.body ?? "");
  expect(body).toMatchObject({
    sources: [{ type: "list", s3: "s3://my-bucket/lists/a b.txt" }],
    cf_domain: "www.example.com",
    client_token: "17793124-05d4-b198-2fde-7ededc63b103",
  });
  expect(prewarmBodySchema.safeParse(body).error).toBeUndefined();
});

it("fails with what the API says, so that Lambda tries again", async () => {
  status = 429;
  const { handler } = await import("../../../docs/snippets/warm-upload.ts");
  await expect(handler(uploaded("my-bucket", "lists/a.txt"))).rejects.toThrow("POST /prewarm: 429 {");
});

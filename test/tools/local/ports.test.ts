import { once } from "node:events";
import { createServer } from "node:net";
import { addressOf, freePort, listenOnFirst } from "../../../tools/local/ports.ts";

async function taken() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return addressOf(server).port;
}

function server() {
  const made = createServer();
  onTestFinished(() => void made.close());
  return made;
}

it("prefers a port that is free, and takes another if it is not", async () => {
  const free = await freePort();
  expect(await freePort(free)).toBe(free);
  const busy = await taken();
  expect(await freePort(busy)).not.toBe(busy);
});

it("listens on the first port that is free", async () => {
  const busy = await taken();
  const free = await freePort();
  const listening = server();
  expect(await listenOnFirst(listening, [busy, free, 0])).toBe(free);
  expect(addressOf(listening)).toMatchObject({ port: free, address: "127.0.0.1" });
});

it("says which port is taken, if there is no other", async () => {
  const busy = await taken();
  await expect(listenOnFirst(server(), [busy])).rejects.toThrow(`address already in use 127.0.0.1:${busy}`);
});

import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { type Link, startLink } from "../../../tools/lab/world/links.ts";

const BYTES = 400_000;
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function linked(): Promise<{ link: Link; clients: string[] }> {
  const clients: string[] = [];
  const edge = createServer((socket) => {
    clients.push(socket.remoteAddress ?? "");
    socket.on("error", () => undefined).end(Buffer.alloc(BYTES));
  });
  edge.listen(0, "127.0.0.1");
  await once(edge, "listening");
  const { port: edgePort } = edge.address() as AddressInfo;
  const link = await startLink({ addresses: ["127.0.0.1"], edgePort, number: 7 });
  closers.push(
    () => link.close(),
    () => edge.close(),
  );
  return { link, clients };
}

async function download({ port }: Link): Promise<number> {
  const socket = connect({ host: "127.0.0.1", port });
  let bytes = 0;
  socket.on("data", (chunk) => (bytes += chunk.length));
  await once(socket, "close");
  return bytes;
}

it("brings all bytes, and the edge sees whose link it is", async () => {
  const { link, clients } = await linked();
  expect(await download(link)).toBe(BYTES);
  expect(clients).toEqual([link.localAddress]);
});

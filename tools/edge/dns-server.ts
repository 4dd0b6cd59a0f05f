import { createSocket } from "node:dgram";
import { once } from "node:events";
import { AUTHORITATIVE_ANSWER, type DecodedPacket, decode, encode, RECURSION_DESIRED } from "dns-packet";
import { answersTo, type Zone } from "./dns-answers.ts";

export interface DnsServer {
  /** `127.0.0.1:port` */
  readonly address: string;
  /** Questions answered, whatever the answer. */
  queries(): number;
  close(): Promise<void>;
}

const NXDOMAIN = 3;

/** A DNS server on UDP, on loopback, that knows `zone` and nothing else. */
export async function startDnsServer(zone: Zone, port = 0): Promise<DnsServer> {
  let queries = 0;
  const socket = createSocket("udp4");
  socket.on("message", (message, { address, port: from }) => {
    const query = decoded(message);
    const question = query?.questions?.[0];
    if (!query || !question) return;
    queries += 1;
    const answers = answersTo(question, zone);
    const flags = AUTHORITATIVE_ANSWER | (query.flag_rd ? RECURSION_DESIRED : 0) | (answers ? 0 : NXDOMAIN);
    socket.send(
      encode({ type: "response", id: query.id, flags, questions: [question], answers: answers ?? [] }),
      from,
      address,
    );
  });
  socket.bind(port, "127.0.0.1");
  await once(socket, "listening");
  return {
    address: `127.0.0.1:${socket.address().port}`,
    queries: () => queries,
    close: () => new Promise((resolve) => void socket.close(() => resolve())),
  };
}

/** Undefined for a datagram that is no DNS query. It is dropped: nobody waits for an answer. */
function decoded(message: Buffer): DecodedPacket | undefined {
  try {
    const packet = decode(message);
    return packet.flag_qr ? undefined : packet;
  } catch {
    return undefined;
  }
}

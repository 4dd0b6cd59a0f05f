import { createSocket } from "node:dgram";
import { once } from "node:events";
import {
  type Answer,
  AUTHORITATIVE_ANSWER,
  type DecodedPacket,
  decode,
  encode,
  type Question,
  RECURSION_DESIRED,
} from "dns-packet";
import type { Distributions } from "./distributions.ts";

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

export interface Zone {
  readonly distributions: Distributions;
  /** The addresses of a POP, by its name in capitals. Dead POPs are not in it. */
  readonly addressesOf: ReadonlyMap<string, readonly string[]>;
  /** Where the distribution's own name points: CloudFront would choose the nearest POP. */
  readonly nearest: readonly string[];
}

const TTL_SECONDS = 60;

/**
 * The records for a question, or `undefined` when the name does not exist (NXDOMAIN). A name that exists and has nothing
 * of the wanted type, such as AAAA, gives an empty list.
 */
export function answersTo(question: Question, zone: Zone): Answer[] | undefined {
  const { name, type = "A" } = question;
  const [, label, pop] = /^([^.]+)\.([^.]+)\.cloudfront\.(?:net|cn)$/i.exec(name) ?? [];
  if (label !== undefined && pop !== undefined) {
    const addresses = zone.distributions.hasLabel(label) ? zone.addressesOf.get(pop.toUpperCase()) : undefined;
    return addresses && records(name, type, addresses);
  }
  const endpoint = zone.distributions.endpointOf(name);
  if (endpoint === undefined) return undefined;
  if (endpoint === name.toLowerCase()) return records(name, type, zone.nearest);
  const alias: Answer = { type: "CNAME", name, ttl: TTL_SECONDS, data: endpoint };
  return type === "CNAME" ? [alias] : [alias, ...records(endpoint, type, zone.nearest)];
}

function records(name: string, type: Question["type"], addresses: readonly string[]): Answer[] {
  return type === "A" ? addresses.map((data) => ({ type: "A", name, ttl: TTL_SECONDS, data })) : [];
}

import { createSocket } from "node:dgram";
import { once } from "node:events";
import { type Answer, decode, encode } from "dns-packet";
import type { HostileName } from "./hostile-names.ts";

const NXDOMAIN = 3;
const NO_TIME = 0;

/** A DNS on loopback that says what a case has it say. */
export async function startLyingDns(): Promise<{ readonly address: string; says: HostileName["dns"]; close(): void }> {
  const socket = createSocket("udp4");
  const asked = new Map<string, number>();
  let says: HostileName["dns"] = {};
  socket.on("message", (message, { address, port }) => {
    const { id = 0, questions = [] } = decode(message);
    const [question] = questions;
    if (question === undefined) return;
    const key = `${question.type} ${question.name}`;
    const answers = answersOf(question.name, question.type, says, asked.get(key) ?? 0);
    asked.set(key, (asked.get(key) ?? 0) + 1);
    const flags = answers === undefined ? NXDOMAIN : 0;
    socket.send(encode({ type: "response", id, flags, questions, answers: answers ?? [] }), port, address);
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return {
    address: `127.0.0.1:${socket.address().port}`,
    set says(dns: HostileName["dns"]) {
      says = dns;
      asked.clear();
    },
    get says() {
      return says;
    },
    close: () => void socket.close(),
  };
}

function answersOf(name: string, type: string, says: HostileName["dns"], before: number): Answer[] | undefined {
  const others = name.toLowerCase().endsWith(".cloudfront.net") ? says["*.cloudfront.net"] : undefined;
  const said = says[name.toLowerCase()] ?? others ?? says["*"];
  if (said === undefined) return undefined;
  const alias: Answer[] = said.cname === undefined ? [] : [{ type: "CNAME", name, ttl: NO_TIME, data: said.cname }];
  if (type === "CNAME") return alias;
  const addresses = (before > 0 ? said.then : undefined) ?? said.a ?? [];
  return [...alias, ...addresses.map((data): Answer => ({ type: "A", name: said.cname ?? name, ttl: NO_TIME, data }))];
}

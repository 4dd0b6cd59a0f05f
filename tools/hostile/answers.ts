import type { Socket } from "node:net";
import { judge } from "../../agent/fetch/attempt-verdict.ts";
import { createCertificate } from "../edge/certificate.ts";
import type { LabPart, LabRow } from "../lab/part.ts";
import { rawAnswers } from "./answer-cases.ts";
import { type Compared, compare, HEADERS, poolTo, within } from "./differential.ts";
import { onRequests, rawServer } from "./raw-answer-server.ts";
import { unaskedLate } from "./unasked-late.ts";

const COUNT = 10_000;
const NOT_FOUND = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const OPEN_END = "HTTP/1.1 200 OK\r\n\r\nhello";
/** Heads that can no longer become good. Their connection stays open. */
const HOPELESS = [
  "HTTP/1.1 200 OK\nContent-Length: 5\n\nhello",
  "HTTP/1.1 200 OK\r\nX: 1\nContent-Length: 5\n\nhello",
  "HTTP/1.1 200 OK\r\nX 1\r\n",
  "SSH-2.0-OpenSSH_9.6\r\n",
  "HTTP/2.0 200 OK\r\n",
];
/** How long a hopeless head may be waited for, in milliseconds. */
const AT_ONCE_MS = 1_000;

/** Answers of a hostile or broken server, to the agent's own client. */
export const answers: LabPart = {
  name: "answers",
  async run(say, { scale }) {
    const seed = Math.floor(Math.random() * 2 ** 31);
    say(`seed ${seed}`);
    const compared = await compare(rawAnswers(Math.ceil(COUNT * scale), seed));
    for (const line of differences(compared)) say(line);
    const times = Math.ceil(500 * scale);
    return [
      asUndici(compared),
      ...(await unasked(times)),
      ...(await unaskedLate(times)),
      await hopeless(),
      await openEnd(times),
    ];
  },
};

function asUndici({ tried, whole, refused, stricter, wrong }: Compared): LabRow {
  const saw = `${whole} taken by undici and us, ${refused} refused by both, ${stricter.length} by us alone`;
  return { what: "malformed answers, compared with undici", tried, wrong: wrong.length, saw };
}

/** What undici takes and we do not, by our reason, with the first of each; and what only we take. */
function differences({ stricter, wrong }: Compared): string[] {
  const reasons = new Map<string, Compared["stricter"][number][]>();
  for (const it of stricter) reasons.set(it.why, [...(reasons.get(it.why) ?? []), it]);
  const listed = [...reasons].map(
    ([why, all]) => `stricter than undici, ${all.length} times: ${why}, such as ${JSON.stringify(all[0]?.text)}`,
  );
  return [...listed, ...wrong.map((it) => `WRONG: ${JSON.stringify(it)}`)];
}

/** A 200 that nobody asked for behind each 404, at once and in the next turn of the server. */
async function unasked(times: number): Promise<LabRow[]> {
  const certificate = createCertificate(["www.example.com"]);
  const rows: LabRow[] = [];
  for (const [what, later] of [
    ["at once", (write: () => void) => write()],
    ["a turn later", (write: () => void) => setImmediate(write)],
  ] as const) {
    for (const secure of [false, true]) {
      const serve = (socket: Socket) =>
        onRequests(socket, () => {
          socket.write(NOT_FOUND);
          later(() => socket.write(OK));
        });
      const server = await rawServer(serve, secure ? certificate : undefined);
      using pool = poolTo(server.port, secure ? certificate.caPem : undefined);
      const kinds = { GOOD: 0, RETRY: 0, FINAL: 0 };
      for (let n = 0; n < times; n++) kinds[judge(await pool.get(`/${n}`, HEADERS, () => {}), null).kind]++;
      server.close();
      const saw = `${kinds.FINAL} were the 404`;
      rows.push({
        what: `an unasked 200 ${what}, over ${secure ? "TLS" : "TCP"}`,
        tried: times,
        wrong: kinds.GOOD,
        saw,
      });
    }
  }
  return rows;
}

async function hopeless(): Promise<LabRow> {
  const server = await rawServer((socket) =>
    onRequests(socket, (path) => socket.write(HOPELESS[Number(path.slice(1))] ?? "", "latin1")),
  );
  using pool = poolTo(server.port);
  const coming = HOPELESS.map((_, n) =>
    within(
      AT_ONCE_MS,
      pool.get(`/${n}`, HEADERS, () => {}),
    ),
  );
  const refused = (await Promise.all(coming)).filter((answer) => answer?.failure?.code === "BAD_ANSWER").length;
  server.close();
  const what = "heads without hope on open connections";
  return { what, tried: HOPELESS.length, wrong: HOPELESS.length - refused, saw: `${refused} refused within a second` };
}

/** Over TLS, an answer without a length that is cut below TLS: it has no close_notify. */
async function openEnd(times: number): Promise<LabRow> {
  const certificate = createCertificate(["www.example.com"]);
  const server = await rawServer((socket) => onRequests(socket, () => socket.end(OPEN_END)), certificate);
  using pool = poolTo(server.port, certificate.caPem);
  let good = 0;
  for (let n = 0; n < times; n++) {
    if (judge(await pool.get("/", HEADERS, () => {}), null).kind === "GOOD") good++;
  }
  server.close();
  return { what: "bodies over TLS whose end nothing tells", tried: times, wrong: good, saw: `${times - good} refused` };
}

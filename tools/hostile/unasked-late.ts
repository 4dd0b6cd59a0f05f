import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Pool } from "undici";
import * as z from "zod";
import { judge } from "../../agent/fetch/attempt-verdict.ts";
import type { LabRow } from "../lab/part.ts";
import { HEADERS, poolTo } from "./differential.ts";

const AFTER_MS = [0, 0.1, 1, 5];
const AT_ONCE = [1, 64];
const SERVER = fileURLToPath(new URL("workers/unasked-server.ts", import.meta.url));
const readySchema = z.object({ port: z.number() });

/** A 200 that nobody asked for comes a moment behind each 404, from a process of its own. undici gets the same. */
export async function unaskedLate(times: number): Promise<LabRow[]> {
  const rows: LabRow[] = [];
  for (const afterMs of AFTER_MS) {
    for (const atOnce of AT_ONCE) {
      const good = await onServer(afterMs, (port) => byUs(port, times, atOnce));
      const theirs = await onServer(afterMs, (port) => byUndici(port, times, atOnce));
      const what = `an unasked 200 ${afterMs} ms later, ${atOnce} at once`;
      rows.push({ what, tried: times, wrong: good, saw: `taken for an answer: ${good}, by undici ${theirs}` });
    }
  }
  return rows;
}

async function onServer(afterMs: number, run: (port: number) => Promise<number>): Promise<number> {
  // Whoever runs this may understand TypeScript by other means than the server's process would.
  const execArgv = ["--import", import.meta.resolve("tsx")];
  const server = fork(SERVER, { execArgv, env: { ...process.env, UNASKED_AFTER_MS: String(afterMs) } });
  try {
    const ended = once(server, "exit").then(([code]) => {
      throw new Error(`the server of unasked answers ended with ${code}`);
    });
    const [message] = await Promise.race([once(server, "message"), ended]);
    return await run(readySchema.parse(message).port);
  } finally {
    server.kill();
  }
}

async function byUs(port: number, times: number, atOnce: number): Promise<number> {
  using pool = poolTo(port);
  return await successes(times, atOnce, async (n) => {
    const answer = await pool.get(`/${n}`, HEADERS, () => {});
    return judge(answer, null).kind === "GOOD";
  });
}

async function byUndici(port: number, times: number, atOnce: number): Promise<number> {
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: 128 });
  try {
    return await successes(times, atOnce, async (n) => {
      const { statusCode, body } = await pool.request({ path: `/${n}`, method: "GET" });
      await body.dump();
      return statusCode === 200;
    });
  } finally {
    await pool.destroy();
  }
}

/** How many of so many requests were a success. One that fails is none. */
async function successes(times: number, atOnce: number, ask: (n: number) => Promise<boolean>): Promise<number> {
  let next = 0;
  let count = 0;
  const lane = async () => {
    while (next < times) if (await ask(next++).catch(() => false)) count++;
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return count;
}

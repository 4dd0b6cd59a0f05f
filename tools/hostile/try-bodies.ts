import fc from "fast-check";
import { type HostileBody, hostileBody } from "../lab/load/hostile-bodies.ts";
import type { LabRow } from "../lab/part.ts";

const MAX_SECONDS = 1;
/** What Lambda may answer at most. */
const MAX_ANSWER_BYTES = 6_000_000;
const MAX_TOLD = 10;

/** The API, wherever it runs, and what it has made. */
export interface BodyTarget {
  /** @returns the answer's text, and how long the function took */
  send(it: HostileBody): Promise<{ readonly status: number; readonly text: string; readonly seconds: number }>;
  /** Everything that a request makes, as text: the same before and after if nothing is left behind. */
  inventory(): Promise<string>;
}

/** Sends so many hostile bodies, one after the other; the same seed sends the same. */
export async function tryBodies(
  target: BodyTarget,
  { count, seed, say }: { readonly count: number; readonly seed: number; readonly say: (line: string) => void },
): Promise<LabRow[]> {
  const before = await target.inventory();
  const statuses = new Map<number, number>();
  let wrong = 0;
  let slowest = 0;
  for (const [i, body] of fc.sample(hostileBody, { numRuns: count, seed }).entries()) {
    const answer = await sendPatiently(target, body);
    statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
    slowest = Math.max(slowest, answer.seconds);
    const fault = faultOf(answer);
    if (fault !== undefined && ++wrong <= MAX_TOLD) say(`  WRONG ${fault}: ${body.path} ${body.body.slice(0, 300)}`);
    if ((i + 1) % 1_000 === 0) say(`  ${i + 1} bodies sent`);
  }
  const after = await target.inventory();
  const seen = [...statuses].toSorted().map(([status, n]) => `${n} × ${status}`);
  return [
    {
      what: `hostile bodies, seed ${seed}`,
      tried: count,
      wrong,
      saw: `${seen.join(", ")}; slowest ${slowest.toFixed(2)} s`,
    },
    {
      what: "left behind by them",
      tried: count,
      wrong: before === after ? 0 : 1,
      saw: before === after ? "nothing" : `${before}, then ${after}`,
    },
  ];
}

/** One that is slow is sent once more: what counts is the body, not what else the machine did. */
async function sendPatiently(target: BodyTarget, body: HostileBody): ReturnType<BodyTarget["send"]> {
  const first = await target.send(body);
  if (first.seconds <= MAX_SECONDS) return first;
  const second = await target.send(body);
  return second.seconds < first.seconds ? second : first;
}

function faultOf({ status, text, seconds }: Awaited<ReturnType<BodyTarget["send"]>>): string | undefined {
  if (![400, 404].includes(status)) return `HTTP ${status}, not a refusal`;
  if (seconds > MAX_SECONDS) return `${seconds.toFixed(2)} s`;
  if (Buffer.byteLength(JSON.stringify(text)) > MAX_ANSWER_BYTES) return "an answer that Lambda cannot send";
  return isRefusal(text) ? undefined : `an answer that does not say what is wrong: ${text.slice(0, 200)}`;
}

function isRefusal(text: string): boolean {
  try {
    return /"(?:error_message|message)":"[^"]/.test(JSON.stringify(JSON.parse(text)));
  } catch {
    return false;
  }
}

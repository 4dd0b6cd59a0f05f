import { Agent, request } from "node:http";
import type { CheckRow } from "../engine/scenario.ts";
import {
  callsWithForeignHost,
  callsWithOrigin,
  callsWithoutKey,
  FUNCTION,
  foreignHosts,
  guesses,
  origins,
  type PageCall,
  RAN,
} from "./page-calls.ts";

/** What a page attacks. */
export interface PageTarget {
  /** The front of the emulator. */
  readonly aws: URL;
  /** The Authorization header of this run's own callers: a page does not know it. */
  readonly authorization: string;
  readonly api: URL;
  readonly apiKey: string;
}

export interface Answered {
  /** Undefined if the connection ended without an answer. */
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

const AT_ONCE = 16;
const OWN_CALLS = 50;
const agent = new Agent({ keepAlive: false, maxSockets: AT_ONCE });

/** Makes a call with any Host and Origin, which `fetch` does not allow. */
export function ask({ hostname, port }: URL, { method, path, headers, body }: PageCall): Promise<Answered> {
  return new Promise((resolve) => {
    const nothing = () => resolve({ status: undefined, headers: {}, text: "" });
    const asked = request({ agent, hostname, port, method, path, headers, timeout: 30_000 }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      answer.once("end", () => resolve({ status: answer.statusCode, headers: answer.headers, text }));
      answer.once("error", nothing);
    });
    asked.once("error", nothing);
    asked.once("timeout", () => asked.destroy());
    asked.end(body);
  });
}

/**
 * Makes every request that a foreign page could make, by hand.
 * @param guessed how many access key ids are guessed
 * @param over ends it early
 */
export async function attack(
  { aws, api, authorization, apiKey }: PageTarget,
  guessed: number,
  over?: AbortSignal,
): Promise<CheckRow[]> {
  const toApi = (headers: Record<string, string>, method = "GET"): PageCall => ({
    method,
    path: `${api.pathname}instances`,
    headers,
    body: "",
  });
  const preflight = { host: api.host, "access-control-request-headers": "x-api-key" };
  const own = { method: "GET", path: "/2015-03-31/functions", headers: { host: aws.host, authorization }, body: "" };
  const attempts: readonly (readonly [what: string, at: URL, calls: readonly PageCall[]])[] = [
    ["two text/plain POSTs that make and run a function", aws, callsWithOrigin(aws).slice(0, 2)],
    ["an Origin", aws, callsWithOrigin(aws)],
    ["an Origin, and this run's key besides", aws, callsWithOrigin(aws, authorization)],
    ["a foreign Host", aws, callsWithForeignHost(aws)],
    ["a foreign Host, and this run's key besides", aws, callsWithForeignHost(aws, authorization)],
    ["no credentials of this run", aws, callsWithoutKey(aws)],
    ["guessed access key ids", aws, guesses(aws, guessed)],
    [
      "a foreign Host at the API, with its key",
      api,
      foreignHosts(api).map((host) => toApi({ host, "x-api-key": apiKey })),
    ],
    ["an Origin at the API, without its key", api, origins(api).map((origin) => toApi({ host: api.host, origin }))],
    ["a preflight at the API", api, origins(api).map((origin) => toApi({ ...preflight, origin }, "OPTIONS"))],
  ];
  const rows: CheckRow[] = [];
  for (const [what, at, calls] of attempts)
    rows.push(row(what, "refused", await answersTo(at, calls, over), isRefusal));
  const answers = await answersTo(aws, Array(OWN_CALLS).fill(own), over);
  const isWhole = ({ status, text }: Answered) => status === 200 && !text.includes(FUNCTION);
  return [...rows, row("the run's own calls, after all that", "answered, without a page's function", answers, isWhole)];
}

function row(what: string, wanted: string, all: readonly Answered[], isWanted: (it: Answered) => boolean): CheckRow {
  const counts = new Map<string, number>();
  for (const { status = "no answer" } of all) counts.set(`${status}`, (counts.get(`${status}`) ?? 0) + 1);
  const saw = [...counts].map(([status, count]) => `${status}: ${count}`).join(", ");
  return { what, wanted, saw, holds: all.map(isWanted) };
}

/** Refused, and not to be read by the page that asked. Node itself answers 400 to what is no HTTP. */
function isRefusal({ status, headers, text }: Answered): boolean {
  if (status === undefined) return true;
  return [400, 403].includes(status) && headers["access-control-allow-origin"] === undefined && !text.includes(RAN);
}

async function answersTo(at: URL, calls: readonly PageCall[], over?: AbortSignal): Promise<Answered[]> {
  const answers: Answered[] = [];
  for (let from = 0; from < calls.length && over?.aborted !== true; from += AT_ONCE)
    answers.push(...(await Promise.all(calls.slice(from, from + AT_ONCE).map((call) => ask(at, call)))));
  return answers;
}

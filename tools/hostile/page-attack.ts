import type { LabRow } from "../lab/part.ts";
import { ask, type Seen } from "./ask.ts";
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

const GUESSES = 10_000;
const OWN_CALLS = 50;

/** Makes every request that a foreign page could make, by hand, and looks at what came of it. */
export async function attack(target: PageTarget, scale: number): Promise<LabRow[]> {
  const { aws, api, authorization, apiKey } = target;
  const [make, run] = callsWithOrigin(aws, undefined);
  const first = [make, run].flatMap((call) => call ?? []);
  const withKey = { "x-api-key": apiKey };
  const path = `${api.pathname}instances`;
  const toApi = (headers: Record<string, string>, method = "GET") => ({ method, path, headers, body: "" });
  return [
    await refused("two text/plain POSTs that make and run a function", aws, first),
    await refused("an Origin", aws, callsWithOrigin(aws, undefined)),
    await refused("an Origin, and this run's key besides", aws, callsWithOrigin(aws, authorization)),
    await refused("a foreign Host", aws, callsWithForeignHost(aws, undefined)),
    await refused("a foreign Host, and this run's key besides", aws, callsWithForeignHost(aws, authorization)),
    await refused("no credentials of this run", aws, callsWithoutKey(aws)),
    await refused("guessed access key ids", aws, guesses(aws, Math.ceil(GUESSES * scale))),
    await refused(
      "a foreign Host at the API, with its key",
      api,
      foreignHosts(api).map((host) => toApi({ host, ...withKey })),
    ),
    await refused(
      "an Origin at the API, without its key",
      api,
      origins(api).map((origin) => toApi({ host: api.host, origin })),
    ),
    await refused(
      "a preflight at the API",
      api,
      origins(api).map((origin) =>
        toApi({ host: api.host, origin, "access-control-request-headers": "x-api-key" }, "OPTIONS"),
      ),
    ),
    await ownCalls(target),
  ];
}

async function refused(what: string, at: URL, calls: readonly PageCall[]): Promise<LabRow> {
  const seen = await inTurns(calls, (call) => ask(at, call));
  const statuses = new Map<string, number>();
  for (const { status } of seen) {
    const name = status === undefined ? "no answer" : String(status);
    statuses.set(name, (statuses.get(name) ?? 0) + 1);
  }
  const wrong = seen.filter((one) => !isRefusal(one)).length;
  return {
    what,
    tried: calls.length,
    wrong,
    saw: [...statuses].map(([name, count]) => `${name}: ${count}`).join(", "),
  };
}

/** Refused, and not to be read by the page that asked. Node itself answers 400 to what is no HTTP. */
function isRefusal({ status, headers, text }: Seen): boolean {
  if (status === undefined) return true;
  return (
    (status === 403 || status === 400) && headers["access-control-allow-origin"] === undefined && !text.includes(RAN)
  );
}

/** The run's own calls pass after all that, and no function was made. */
async function ownCalls({ aws, authorization }: PageTarget): Promise<LabRow> {
  const headers = { host: aws.host, authorization };
  const calls = Array.from({ length: OWN_CALLS }, () => ({
    method: "GET",
    path: "/2015-03-31/functions",
    headers,
    body: "",
  }));
  const seen = await inTurns(calls, (call) => ask(aws, call));
  const bad = seen.filter(({ status }) => status !== 200).length;
  const made = seen.some(({ text }) => text.includes(FUNCTION)) ? 1 : 0;
  const saw = `${seen.length - bad} answered, ${made === 0 ? "no function" : "a function"} of a page is there`;
  return { what: "the run's own calls, after all that", tried: calls.length, wrong: bad + made, saw };
}

const AT_ONCE = 16;

async function inTurns<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let at = 0; at < items.length; at += AT_ONCE)
    results.push(...(await Promise.all(items.slice(at, at + AT_ONCE).map(work))));
  return results;
}

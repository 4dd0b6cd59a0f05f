import { Resolver } from "node:dns";
import { POP_CODES } from "../../domain/pops/pop-codes.ts";
import { SITES, siteOf } from "../../domain/pops/sites.ts";
import { Dns } from "../../probe/dns.ts";
import { lookUnder, UselessDnsError } from "../../probe/pop-lookup.ts";
import { readWords, UsageError } from "../command-line.ts";
import { isMain } from "../root.ts";
import { checkPops, findingsOf } from "./check-pops.ts";

export const USAGE = `npm run pops:check -- --label LABEL [options]

Asks the DNS for every POP code of the catalogue, and for its neighbours in number. Prints what is dead and what is new, as
lines for domain/pops/pop-codes.ts. Changes nothing.

  --label LABEL   first label of a distribution's own domain: d111111abcdef8 of d111111abcdef8.cloudfront.net
  --server IP     DNS server, with :PORT if it is not 53; default: the system's
  --rate N        names asked for in a second; default: 20
  --china         ask for China's codes (and no others), under the label of a distribution of China's service
  --help

Exit code: 0 the catalogue is up to date, 1 it is not, 2 these words make no sense or the DNS is of no use.`;

export interface CheckOptions {
  readonly label: string;
  /** None: the system's. */
  readonly servers: readonly string[];
  readonly perSecond: number;
  readonly china: boolean;
}

const MAX_PER_SECOND = 500;

/** Reads the command line. @returns undefined when help is asked for @throws UsageError */
export function parseOptions(args: readonly string[]): CheckOptions | undefined {
  const text = { type: "string" } as const;
  const flag = { type: "boolean", default: false } as const;
  const options = {
    label: text,
    server: text,
    rate: { ...text, default: "20" },
    china: flag,
    help: { ...flag, short: "h" },
  };
  const { values: given } = readWords({ args: [...args], options }, USAGE);
  if (given.help) return undefined;
  const { label = "", server, china } = given;
  if (!/^[a-z0-9-]{1,63}$/i.test(label)) throw new UsageError("--label is needed, such as d111111abcdef8", USAGE);
  const perSecond = Number(given.rate);
  if (!(Number.isInteger(perSecond) && perSecond >= 1 && perSecond <= MAX_PER_SECOND))
    throw new UsageError(`--rate is a whole number from 1 to ${MAX_PER_SECOND}`, USAGE);
  return { label, servers: server === undefined ? [] : [checked(server)], perSecond, china };
}

function checked(server: string): string {
  try {
    new Resolver().setServers([server]);
    return server;
  } catch {
    throw new UsageError(`--server is an IP address, with or without a port: '${server}' is none`, USAGE);
  }
}

// `npm run pops:check`: docs/operations.md.
if (isMain(import.meta.url)) {
  try {
    const options = parseOptions(process.argv.slice(2));
    if (options === undefined) console.log(USAGE);
    else process.exitCode = await check(options);
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof UselessDnsError)) throw error;
    console.error(error.message);
    process.exitCode = 2;
  }
}

async function check({ label, servers, perSecond, china }: CheckOptions): Promise<number> {
  const isWanted = (pop: string) => (siteOf(pop)?.country === "CN") === china;
  const known = POP_CODES.filter(({ pop }) => isWanted(pop));
  const coded = new Set(POP_CODES.map(({ pop }) => pop.slice(0, 3)));
  const sitesWithout = SITES.map(({ iata }) => iata).filter((iata) => isWanted(iata) && !coded.has(iata));
  // It only looks: a POP at a private address exists all the same.
  const dns = new Dns({ servers, allowPrivateAddresses: true });
  const checked = await checkPops(known, sitesWithout, lookUnder(label, dns, perSecond), (names) =>
    console.error(`Asking for ${names} names, ${perSecond} a second`),
  );
  console.log(findingsOf(checked, known.length).join("\n"));
  if (!china) console.log("\nChina's codes were not asked for: they need a label of China's service, and --china.");
  return checked.dead.length + checked.found.length === 0 ? 0 : 1;
}

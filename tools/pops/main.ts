import { Dns } from "../../aws/dns.ts";
import { POP_CODES } from "../../domain/pops/pop-codes.ts";
import { SITES, siteOf } from "../../domain/pops/sites.ts";
import { checkPops, UselessDnsError } from "./check-pops.ts";
import { lookUnder } from "./look.ts";
import { type CheckOptions, parseOptions, USAGE, UsageError } from "./options.ts";
import { findingsOf } from "./print.ts";

// `npm run pops:check`: docs/operations.md.
try {
  const options = parseOptions(process.argv.slice(2));
  if (options === undefined) console.log(USAGE);
  else process.exitCode = await check(options);
} catch (error) {
  if (!(error instanceof UsageError || error instanceof UselessDnsError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
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

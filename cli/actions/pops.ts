import type { PopList } from "../../client/answers.ts";
import { isRegion } from "../../domain/pops/regions.ts";
import { popSourceText } from "../../domain/readiness/sentence.ts";
import { placeOf } from "../body/place-words.ts";
import { regionsOf } from "../body/regions.ts";
import { CommandError } from "../command-error.ts";
import { connect } from "../direct/connect.ts";
import { EXIT } from "../exit-codes.ts";
import { count, many, NOT_MEASURED } from "../output/figures.ts";
import { lookOf } from "../output/look.ts";
import { type Column, table } from "../output/table.ts";
import { mention, type Shell, say, sayJson } from "../shell.ts";
import { type DiscoverWords, discover } from "./discover.ts";

export interface PopsWords extends DiscoverWords {
  readonly region?: readonly string[];
  readonly defaults?: boolean;
  readonly discover?: boolean;
}

type Pop = PopList["pops"][number];

/** The catalogue, or what of it is asked for. */
export async function pops(shell: Shell, text: string | undefined, words: PopsWords): Promise<number> {
  const [region, another] = regionsOf(words.region ?? []);
  if (another !== undefined)
    throw new CommandError("pops accepts only one --region", "Run the command once for each region.");
  if (words.discover === true) return discover(shell, text, words, region);
  if (words.label !== undefined || words.save !== undefined)
    throw new CommandError("--label and --save belong to --discover", "Add --discover, or remove them.");
  const client = await connect(shell, placeOf(words));
  const { value } = await client.pops({ country: words.country, region });
  const found = value.pops.filter((pop) => isWantedPop(pop, text, words, region));
  if (words.json === true) {
    sayJson(shell, { ...value, count: found.length, pops: found });
    return EXIT.good;
  }
  if (found.length === 0)
    throw new CommandError(
      text === undefined ? "no POP matches these options" : `no POP matches '${text}'`,
      (command) =>
        `The text is compared with code, city, country and regional edge cache (REC). To list all POPs: ${command("pops")}`,
    );
  const isDefault = defaultsOf(region);
  const rows = found.map((pop) => rowOf(pop, isDefault(pop)));
  for (const line of table(COLUMNS, rows, lookOf(shell))) say(shell, line);
  const defaults = found.filter(isDefault).length;
  const set = region === undefined ? "the default set" : `the default set of ${region}`;
  if (shell.stdout.isTTY === true)
    mention(
      shell,
      `${many(found.length, "POP")}, of which ${count(defaults)} (*) ${defaults === 1 ? "is" : "are"} in ${set}. REC is the regional edge cache of a POP.`,
    );
  mention(shell, `The list: ${popSourceText(value.discovered_at, Date.now())}.`);
  for (const warning of value.warnings ?? []) mention(shell, warning);
  return EXIT.good;
}

/** @param text in the code, the city, the country or the REC; upper and lower case do not matter */
function isWantedPop(pop: Pop, text: string | undefined, { rec, defaults }: PopsWords, region: string | undefined) {
  const has = (part: string, whole: string | null) => (whole ?? "").toLowerCase().includes(part.toLowerCase());
  if (rec !== undefined && !has(rec, pop.rec)) return false;
  if (defaults === true && (region === undefined ? pop.default_of.length === 0 : !pop.default_of.includes(region)))
    return false;
  return text === undefined || [pop.code, pop.city, pop.country, pop.rec].some((it) => has(text, it));
}

/** Whether a POP is in the default set: of a region, or of a request that names nothing. */
function defaultsOf(region: string | undefined): (pop: Pop) => boolean {
  if (region !== undefined) return ({ default_of }) => default_of.includes(region);
  return ({ default_of }) => default_of.some((name) => isRegion(name) && name !== "cn");
}

const COLUMNS: readonly Column[] = [
  ...[{ head: "POP" }, { head: "DEFAULT" }, { head: "CITY", dropped: 4 }, { head: "COUNTRY", dropped: 3 }],
  ...[{ head: "REC" }, { head: "DEFAULT OF", gives: true, dropped: 2 }, { head: "LAST RESOLVED", dropped: 1 }],
];

function rowOf({ code, city, country, rec, default_of, last_resolved_at: at }: Pop, isDefault: boolean): string[] {
  const resolved = at?.slice(0, 16) ?? NOT_MEASURED;
  return [code, isDefault ? "*" : "", city ?? "", country ?? "", rec ?? "", default_of.join(" "), resolved];
}

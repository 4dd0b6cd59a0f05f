import { CommandError } from "../command-error.ts";

/** What the command line says of where to warm. */
export interface TargetWords {
  readonly pops: readonly string[];
  readonly countries: readonly string[];
  readonly regions: readonly string[];
}

/** The fields that say where to warm; empty: nothing is said. @throws CommandError if two kinds are named */
export function targetsOf(words: TargetWords): Record<string, unknown> {
  const kinds = [
    ["pop", "pops", split(words.pops)],
    ["country", "countries", split(words.countries)],
    ["region", "regions", split(words.regions)],
  ] as const;
  const named = kinds.filter(([, , names]) => names.length > 0);
  const [only] = named;
  if (only === undefined) return {};
  if (named.length > 1)
    throw new CommandError(
      `${named.map(([kind]) => `--${kind}`).join(" and ")} cannot be combined`,
      (command) =>
        `Start one request for each, or name all POPs with --pop: \`${command("pops", "--country japan")}\` lists the POPs of a country.`,
    );
  const [kind, field, names] = only;
  return { target_type: kind, [field]: names };
}

/** The fields that {@link targetsOf} replaces. */
export const TARGET_FIELDS = ["target_type", "pops", "countries", "regions"] as const;

function split(words: readonly string[]): string[] {
  return words
    .flatMap((word) => word.split(","))
    .map((word) => word.trim())
    .filter((word) => word !== "");
}

import { shellWord } from "../client/shell-word.ts";
import type { PlaceWords } from "./body/place-words.ts";
import { withOptionNames } from "./option-names.ts";
import type { Shell } from "./shell.ts";

/** Commands of one API or run: they need the options that say which. A run is resumed on this machine whatever else is said. */
const WITH_PLACE = /\bprewarm (status|report|list|retry|stop|instances set|pops|open)\b/g;
/** Those that look POPs up again. */
const WITH_DNS = /\bprewarm (retry|resume)\b/g;
/** Every command: a new one stands here, and above if it is of one API or run. */
const ANY =
  /\bprewarm (?=(?:warm|status|report|list|retry|resume|stop|estimate|instances|pops|open|doctor|completion|version|--help)\b)/g;

/**
 * Texts name commands as `prewarm status 3f9c2a71 --watch`. For who has called this one by `npx`, or has said where the API is, they do
 * not run like that: what is missing is put in. The texts of the API name its fields: the options replace them, unless the body is from a
 * file.
 * @param words the options of this call
 */
export function asCalled(
  env: Shell["env"],
  words: PlaceWords & { readonly from?: string } = {},
): (text: string) => string {
  const place = placeOptions(words);
  const dns = (words.dns ?? []).map((server) => `--dns ${shellWord(server)}`);
  const program = env["npm_command"] === "exec" ? "npx prewarm" : "prewarm";
  const withOptions = (options: readonly string[]) => (command: string) => [command, ...options].join(" ");
  const inOptions = words.from === undefined ? withOptionNames : (text: string) => text;
  return (text) =>
    inOptions(
      text.replace(WITH_DNS, withOptions(dns)).replace(WITH_PLACE, withOptions(place)).replace(ANY, `${program} `),
    );
}

/** The key is a secret, so it is not repeated. */
function placeOptions({ direct, local, stack, profile, awsRegion, endpoint, apiKey }: PlaceWords): string[] {
  return [
    ...(direct === true ? ["--direct"] : []),
    ...(local === true ? ["--local"] : []),
    ...Object.entries({ stack, profile, "aws-region": awsRegion, endpoint }).flatMap(([name, value]) =>
      value === undefined ? [] : [`--${name} ${shellWord(value)}`],
    ),
    ...(apiKey === undefined ? [] : ["--api-key KEY"]),
  ];
}

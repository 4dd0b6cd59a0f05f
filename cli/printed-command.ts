import { shellWord } from "../client/shell-word.ts";
import type { PlaceWords } from "./body/place-words.ts";

/** Builds a command that runs as it is printed: `command("status", id, "--watch")`. */
export type PrintedCommand = (...words: readonly string[]) => string;

/** Commands of one API or run: they need the options that name it. A run is resumed on this machine in any case. */
const OF_API = new Set(["status", "report", "list", "retry", "stop", "instances", "pops", "open"]);
/** Commands that resolve POPs again. */
const WITH_DNS = new Set(["retry", "resume"]);

/** Builds commands for a caller of this one, which `npx` may have started. @param place the options of this call */
export function printedCommand(
  env: Readonly<Record<string, string | undefined>>,
  place: PlaceWords = {},
): PrintedCommand {
  const program = env["npm_command"] === "exec" ? "npx prewarm" : "prewarm";
  const dns = (place.dns ?? []).map((server) => `--dns ${shellWord(server)}`);
  return (...words) => {
    const [name = ""] = words;
    const options = [...(OF_API.has(name) ? placeOptions(place) : []), ...(WITH_DNS.has(name) ? dns : [])];
    return [program, ...words, ...options].join(" ");
  };
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

import { shellWord } from "../client/shell-word.ts";

/** Builds a command that runs as it is printed: `command("status", id, "--watch")`. */
export type PrintedCommand = (...words: readonly string[]) => string;

/** Options that name an API or a run, and the resolvers of a direct run. */
export interface PlaceOptions {
  readonly endpoint?: string;
  readonly apiKey?: string;
  readonly local?: boolean;
  readonly direct?: boolean;
  readonly dns?: readonly string[];
  readonly stack?: string;
  readonly profile?: string;
  readonly awsRegion?: string;
}

/** Commands of one API or run: they need the options that name it. A run is resumed on this machine in any case. */
const OF_API = new Set(["status", "report", "list", "retry", "stop", "instances", "pops", "open"]);
/** Commands that resolve POPs again. */
const WITH_DNS = new Set(["retry", "resume"]);

/** Builds commands for a caller of this one, which `npx` may have started. @param place the options of this call */
export function printedCommand(
  env: Readonly<Record<string, string | undefined>>,
  place: PlaceOptions = {},
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
function placeOptions({ direct, local, stack, profile, awsRegion, endpoint, apiKey }: PlaceOptions): string[] {
  return [
    ...(direct === true ? ["--direct"] : []),
    ...(local === true ? ["--local"] : []),
    ...Object.entries({ stack, profile, "aws-region": awsRegion, endpoint }).flatMap(([name, value]) =>
      value === undefined ? [] : [`--${name} ${shellWord(value)}`],
    ),
    ...(apiKey === undefined ? [] : ["--api-key KEY"]),
  ];
}

import { parseArgs } from "node:util";

/** The arguments after `npm run test:hostile --` are wrong. */
export class HostileUsageError extends Error {
  override readonly name = "HostileUsageError";
}

export interface HostileOptions {
  /** Share of the whole lab. 1 is all of it. */
  readonly scale: number;
  /** Names of the parts to run, in the lab's order. */
  readonly parts: readonly string[];
}

/** Reads the command line: `--scale 0.02`, `--part web-page` (more than once). @throws HostileUsageError that says what is wrong */
export function parseHostileOptions(args: readonly string[], names: readonly string[]): HostileOptions {
  const { scale, part } = parse(args);
  const share = Number(scale);
  if (!(share > 0 && share <= 1)) throw new HostileUsageError(`--scale must be above 0 and at most 1, not '${scale}'`);
  for (const name of part) {
    if (!names.includes(name))
      throw new HostileUsageError(`There is no part '${name}'. The parts are ${names.join(", ")}`);
  }
  return { scale: share, parts: part.length === 0 ? names : names.filter((name) => part.includes(name)) };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        scale: { type: "string", default: "1" },
        part: { type: "string", multiple: true, default: [] },
      },
    }).values;
  } catch (error) {
    throw new HostileUsageError(error instanceof Error ? error.message : String(error));
  }
}

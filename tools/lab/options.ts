import { parseArgs } from "node:util";

/** The arguments after `npm run test:<lab> --` are wrong. */
export class LabUsageError extends Error {
  override readonly name = "LabUsageError";
}

export interface LabOptions {
  /** Share of the whole lab. 1 is all of it. */
  readonly scale: number;
  /** Names of the parts to run, in the lab's order. */
  readonly parts: readonly string[];
}

/** Reads the command line: `--scale 0.02`, `--part NAME` (more than once). @throws LabUsageError that says what is wrong */
export function parseLabOptions(args: readonly string[], names: readonly string[]): LabOptions {
  const { scale, part } = parse(args);
  const share = Number(scale);
  if (!(share > 0 && share <= 1)) throw new LabUsageError(`--scale must be above 0 and at most 1, not '${scale}'`);
  for (const name of part) {
    if (!names.includes(name)) throw new LabUsageError(`There is no part '${name}'. The parts are ${names.join(", ")}`);
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
    throw new LabUsageError(error instanceof Error ? error.message : String(error));
  }
}

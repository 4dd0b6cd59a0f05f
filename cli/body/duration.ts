import { CommandError } from "../command-error.ts";

const MINUTES = { m: 1, h: 60, d: 1_440 } as const;

/** Whole minutes of `30m`, `1.5h`, `2d`; a number alone is minutes. @throws CommandError */
export function minutesOf(text: string): number {
  const [, number, unit = "m"] = /^(\d+(?:\.\d+)?)\s*([mhd])?$/.exec(text.trim().toLowerCase()) ?? [];
  const minutes = Number(number) * (unit === "h" || unit === "d" ? MINUTES[unit] : 1);
  if (number === undefined || !Number.isInteger(minutes) || minutes < 1)
    throw new CommandError(
      `'${text}' is not a valid --timeout`,
      "Use whole minutes, hours or days, such as 30m, 2h, 1.5h or 1d.",
    );
  return minutes;
}

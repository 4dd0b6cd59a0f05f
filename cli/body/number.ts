import { CommandError } from "../command-error.ts";

/** @param least @default 0 @throws CommandError that names the option */
export function wholeNumber(option: string, text: string, least = 0): number {
  if (/^\d{1,15}$/.test(text) && Number(text) >= least) return Number(text);
  throw invalid(option, text, `Use a whole number of ${least} or more.`);
}

/** @throws CommandError that names the option */
export function positiveNumber(option: string, text: string): number {
  if (/^\d{1,9}(\.\d+)?$/.test(text) && Number(text) > 0) return Number(text);
  throw invalid(option, text, "Use a number greater than 0, such as 50 or 0.5.");
}

/** Bytes of `500GB`, `1.5 TB`: decimal; a number alone is bytes. @throws CommandError that names the option */
export function bytesNumber(option: string, text: string): number {
  const [, number, unit = ""] = /^(\d+(?:\.\d+)?)\s*([kmgt]?b?)$/i.exec(text.trim()) ?? [];
  const power = ["", "k", "m", "g", "t"].indexOf(unit.toLowerCase().replace("b", ""));
  const bytes = Math.round(Number(number) * 1_000 ** power);
  if (number !== undefined && bytes >= 1) return bytes;
  throw invalid(option, text, "Use bytes with or without a unit, such as 500GB, 1.5TB or 1000000.");
}

function invalid(option: string, text: string, next: string): CommandError {
  return new CommandError(`'${text}' is not a valid value for ${option}`, next);
}

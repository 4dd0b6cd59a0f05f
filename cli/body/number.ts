import { CommandError } from "../command-error.ts";

/** @param least @default 0 @throws CommandError that names the option */
export function wholeNumber(option: string, text: string, least = 0): number {
  if (/^\d{1,15}$/.test(text) && Number(text) >= least) return Number(text);
  throw new CommandError(`'${text}' is no value for ${option}`, `It is a whole number, ${least} or more.`);
}

/** @throws CommandError that names the option */
export function positiveNumber(option: string, text: string): number {
  if (/^\d{1,9}(\.\d+)?$/.test(text) && Number(text) > 0) return Number(text);
  throw new CommandError(`'${text}' is no value for ${option}`, "It is a number above 0, such as 50 or 0.5.");
}

/** Bytes of `500GB`, `1.5 TB`: decimal; a number alone is bytes. @throws CommandError that names the option */
export function bytesNumber(option: string, text: string): number {
  const [, number, unit = ""] = /^(\d+(?:\.\d+)?)\s*([kmgt]?b?)$/i.exec(text.trim()) ?? [];
  const power = ["", "k", "m", "g", "t"].indexOf(unit.toLowerCase().replace("b", ""));
  const bytes = Math.round(Number(number) * 1_000 ** power);
  if (number !== undefined && bytes >= 1) return bytes;
  throw new CommandError(`'${text}' is no value for ${option}`, "Bytes with a unit or without: 500GB, 1.5TB, 1000000.");
}

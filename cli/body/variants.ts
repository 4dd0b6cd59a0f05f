import { CommandError } from "../command-error.ts";

export interface VariantWords {
  readonly name: string;
  readonly header: readonly string[];
}

const HOW =
  "Use name=Header: value, such as 'plain=Accept-Encoding: identity', or only the name for a variant without headers.";

/**
 * The variants in the order in which their names come first; a name that comes again adds a header line to its variant.
 * @param words `name=Header: value` each
 * @throws CommandError
 */
export function variantsOf(words: readonly string[]): VariantWords[] {
  const byName = new Map<string, string[]>();
  for (const word of words) {
    const at = word.indexOf("=");
    const name = (at < 0 ? word : word.slice(0, at)).trim();
    const line = at < 0 ? undefined : headerLine("--variant", word.slice(at + 1));
    if (name === "" || /[:\s]/.test(name)) throw new CommandError(`--variant '${word}' has no name`, HOW);
    byName.set(name, [...(byName.get(name) ?? []), ...(line === undefined ? [] : [line])]);
  }
  return [...byName].map(([name, header]) => ({ name, header }));
}

/** A header as a line of a request. @throws CommandError for what is none */
export function headerLine(option: string, text: string): string {
  const [, name, value] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):\s*(.*)$/.exec(text.trim()) ?? [];
  if (name === undefined || value === undefined)
    throw new CommandError(`${option} '${text}' is not a header`, option === "--variant" ? HOW : "Use 'Name: value'.");
  return `${name}: ${value}`;
}

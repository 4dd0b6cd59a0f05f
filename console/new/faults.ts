import { findingInChinese } from "../words/api-chinese.ts";

/** What the API says of one field, or of none. */
export interface Faults {
  /** By the field's first name: `sources[1].url: …` is one of `sources`. */
  readonly of: ReadonlyMap<string, readonly string[]>;
  /** What names no field of the form. */
  readonly rest: readonly string[];
}

export const NO_FAULTS: Faults = { of: new Map(), rest: [] };

/** A fault begins with a field, or says how many more there are. A `; ` within one is none of its ends. */
const BEGIN = /; (?=[a-z_]+(?:\[\d+\]|\.[a-z_]+)*: |and \d+ more problems)/;
const FIELD = /^([a-z_]+)((?:\[\d+\]|\.[a-z_]+)*): (.+)$/s;

/** Takes a 400's message apart. */
export function faultsOf(message: string): Faults {
  const of = new Map<string, string[]>();
  const rest: string[] = [];
  for (const fault of message.split(BEGIN)) {
    const [, field, within, says] = FIELD.exec(fault) ?? [];
    // The code of a finding is no field.
    if (field === undefined || says === undefined || findingInChinese(fault) !== undefined) rest.push(fault);
    else of.set(field, [...(of.get(field) ?? []), within === "" ? says : `${within?.replace(/^\./, "")}: ${says}`]);
  }
  return { of, rest };
}

/**
 * The same, with what each field takes, and what is meant by what names no field, before what the API says of it.
 * @param hintOf undefined: nothing is said @param meaningOf alike
 */
export function withHints(
  { of, rest }: Faults,
  hintOf: (field: string) => string | undefined,
  meaningOf: (fault: string) => string | undefined,
): Faults {
  const hinted = [...of].map(([field, says]) => {
    const hint = hintOf(field);
    return [field, hint === undefined ? says : [hint, ...says]] as const;
  });
  return { of: new Map(hinted), rest: rest.flatMap((fault) => [meaningOf(fault) ?? [], fault].flat()) };
}

/** What is said of any of these fields. */
export function faultsAt({ of }: Faults, ...fields: readonly string[]): string[] {
  return fields.flatMap((field) => of.get(field) ?? []);
}

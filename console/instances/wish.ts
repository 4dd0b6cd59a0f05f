/** Beyond so many the page asks first: each costs money. */
const ASKED_ABOVE = 10;

export interface Wish {
  /** Undefined: nothing can be sent. */
  readonly wanted: number | undefined;
  readonly problem: "notNumber" | "overCap" | undefined;
}

/** What was typed as a number of instances. @param cap what the deployment allows, if it is known */
export function wishOf(typed: string, cap: number | undefined): Wish {
  const text = typed.trim();
  if (text === "") return { wanted: undefined, problem: undefined };
  if (!/^\d{1,4}$/.test(text)) return { wanted: undefined, problem: "notNumber" };
  const wanted = Number(text);
  return wanted > (cap ?? 300) ? { wanted: undefined, problem: "overCap" } : { wanted, problem: undefined };
}

/** None pauses what runs, and many cost: both are asked about. */
export function askedFirst(wanted: number): boolean {
  return wanted === 0 || wanted > ASKED_ABOVE;
}

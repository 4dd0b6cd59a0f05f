import type { Fault, FaultHook } from "../edge/faults.ts";

/** The share of the downloads that each kind of fault happens to. */
export type EdgeShares = Readonly<Partial<Record<Fault["kind"], number>>>;

export interface EdgeFaults {
  readonly hook: FaultHook;
  /** How often each kind happened. */
  readonly injected: Record<string, number>;
}

/** Makes a share of all downloads go wrong. HEADs, with which Get Size asks for sizes, always work. */
export function edgeFaults(shares: EdgeShares, random: () => number): EdgeFaults {
  const injected: Record<string, number> = {};
  const hook: FaultHook = ({ method }) => {
    if (method !== "GET") return undefined;
    let dice = random();
    for (const [kind, share] of Object.entries(shares)) {
      if (dice < share) {
        injected[kind] = (injected[kind] ?? 0) + 1;
        return fault(kind, random);
      }
      dice -= share;
    }
    return undefined;
  };
  return { hook, injected };
}

function fault(kind: string, random: () => number): Fault | undefined {
  switch (kind) {
    case "status":
      return { kind, status: random() < 0.5 ? 503 : 500 };
    case "stall":
      return { kind, after: 100 };
    case "truncate":
    case "reset":
      return { kind, after: Math.floor(random() * 900) };
    case "lie":
      return { kind, contentLengthDelta: random() < 0.5 ? 10 : -10 };
    case "otherPop":
      return { kind, pop: "QQQ1-P1" };
    case "slow":
      return { kind, ms: random() * 500 };
    default:
      return undefined;
  }
}

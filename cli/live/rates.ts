import type { Progress } from "../../client/answers.ts";
import { byPop, byRec } from "./groups.ts";

/** Over so long at least, bytes become a rate. */
const SPAN_MS = 8_000;

interface Sample {
  readonly at: number;
  readonly bytes: ReadonlyMap<string, number>;
}

/** How fast each POP and each REC gets its bytes: the API says it of the whole request alone. */
export class Rates {
  private samples: Sample[] = [];

  /** @param at when it was asked, in milliseconds. Returns bytes a second by name; undefined until it can be told */
  add({ pops }: Progress, at: number): ReadonlyMap<string, number> | undefined {
    const bytes = new Map([...byPop(pops), ...byRec(pops)].map((group) => [group.name, group.bytes]));
    const before = this.samples.findLast((sample) => at - sample.at >= SPAN_MS);
    this.samples = [...this.samples.filter((sample) => before === undefined || sample.at >= before.at), { at, bytes }];
    if (before === undefined) return undefined;
    const seconds = (at - before.at) / 1_000;
    return new Map([...bytes].map(([name, now]) => [name, Math.max(0, now - (before.bytes.get(name) ?? 0)) / seconds]));
  }
}

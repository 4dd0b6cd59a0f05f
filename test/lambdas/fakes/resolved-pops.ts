import type { ResolvedPops } from "../../../aws/resolved-pops.ts";
import type { Public } from "./public.ts";

export class FakeResolvedPops implements Public<ResolvedPops> {
  readonly times = new Map<string, number>();

  async all() {
    return new Map(this.times);
  }
  async note(pops: readonly string[], at: number) {
    for (const pop of pops) this.times.set(pop, at);
  }
}

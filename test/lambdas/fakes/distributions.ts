import type { Distributions } from "../../../aws/distributions.ts";
import type { OwnDistribution } from "../../../domain/request/distributions.ts";
import type { Public } from "./public.ts";

export class FakeDistributions implements Public<Distributions> {
  /** By reference: the same reference is the same invalidation. */
  readonly invalidations = new Map<string, { readonly distributionId: string; readonly paths: readonly string[] }>();
  /** Its distribution, by its id. */
  private readonly distributionOf = new Map<string, string>();

  constructor(
    private readonly list: readonly OwnDistribution[] = [],
    /** How often each invalidation is asked for before it is complete. */
    public asksUntilComplete = 1,
    /** How often it takes no invalidation, because others are in progress. */
    public busy = 0,
    /** What it says to every invalidation; absent: it takes them. */
    public refuses?: string,
  ) {}

  async own() {
    return [...this.list];
  }
  async invalidate(distributionId: string, reference: string, paths: readonly string[]) {
    if (this.busy-- > 0) return { busy: true } as const;
    if (this.refuses !== undefined) return { refused: this.refuses };
    const known = this.invalidations.get(reference);
    if (known !== undefined && known.paths.join() !== paths.join()) throw new Error(`${reference} means another batch`);
    this.invalidations.set(reference, { distributionId, paths });
    const id = `I-${reference}`;
    this.distributionOf.set(id, distributionId);
    return { id };
  }
  async isInvalidated(distributionId: string, id: string) {
    if (this.distributionOf.get(id) !== distributionId) throw new Error(`no invalidation ${id} of ${distributionId}`);
    this.asksUntilComplete--;
    return this.asksUntilComplete <= 0;
  }
}

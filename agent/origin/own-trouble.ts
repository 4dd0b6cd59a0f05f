/** After so many refusals in a row, a POP is taken to be out of order, as long as the origin goes on answering others. */
const IN_A_ROW = 3;
/** It does with so many good answers for each of these refusals. */
const GOOD_FOR_EACH = 3;

/** Refusals of a POP since its last good answer. */
interface Row {
  times: number;
  /** When the last one of them came: what was sent before is not another one. */
  at: number;
  /** Good answers of all POPs before the first of them. */
  readonly goodBefore: number;
}

/** Tells an origin that refuses from one POP that does: a POP is no reason to ask the origin less. */
export class OwnTrouble {
  private good = 0;
  private readonly rows = new Map<string, Row>();

  /** A good answer. */
  answered(pop: string): void {
    this.good++;
    if (this.rows.size > 0) this.rows.delete(pop);
  }

  /** A refusal. @returns whether it is the POP's own trouble */
  refused(pop: string, sentAt: number, now: number): boolean {
    const row = this.rows.get(pop) ?? { times: 0, at: Number.NEGATIVE_INFINITY, goodBefore: this.good };
    this.rows.set(pop, row);
    if (sentAt > row.at) {
      row.times++;
      row.at = now;
    }
    return row.times > IN_A_ROW && this.good - row.goodBefore >= GOOD_FOR_EACH * row.times;
  }
}

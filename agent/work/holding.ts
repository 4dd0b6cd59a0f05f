/** What this process holds of one request: told in a beat, so it is counted and nothing else. */
export class Holding {
  /** Tasks without a result: under way, or waiting here. */
  tasks = 0;
  /** Bytes so far of the downloads that have no result. */
  underWay = 0;
  /** Bytes of all good results so far: of a download, either these or {@link underWay} have the bytes. */
  finished: number;
  /** Since the last beat. */
  bytes = 0;
  /** Tasks that have ended since the last beat. */
  ended = 0;

  /** @param finished what this process finished of the request before */
  constructor(
    readonly reqId: string,
    finished = 0,
  ) {
    this.finished = finished;
  }

  /** A download begins. */
  begin(): Transfer {
    return new Transfer(this);
  }

  /** A task has a result, or needs none. */
  end(): void {
    this.tasks--;
    this.ended++;
  }

  /** Tasks go to other agents. */
  drop(tasks: number): void {
    this.tasks -= tasks;
  }
}

/** One download: how many bytes came. */
export class Transfer {
  private bytes = 0;

  constructor(private readonly holding: Holding) {}

  addBytes(bytes: number): void {
    this.bytes += bytes;
    this.holding.underWay += bytes;
    this.holding.bytes += bytes;
  }

  /** A good result of so many bytes is written: what has come is finished, and no longer under way. */
  finish(bytes: number): void {
    this.clear();
    this.holding.finished += bytes;
  }

  /** It has failed, or begins anew: what has come so far is no longer under way. */
  clear(): void {
    this.holding.underWay -= this.bytes;
    this.bytes = 0;
  }
}

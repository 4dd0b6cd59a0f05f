/** The tier that served a download. */
export type ServedBy = "cache" | "origin";

/** A download of a follower: its lead has the object. */
export interface FollowerTask {
  readonly reqId: string;
  readonly pop: string;
  /** The POP that led it. */
  readonly lead: string;
  /** The object. */
  readonly url: string;
}

/** A follower that may start. */
export interface AdmittedFollower {
  /** Whether its request may reach the origin. */
  readonly needsPermit: boolean;
  /** Who has served it, if the response shows that. Call it once the download is complete. */
  served(by: ServedBy | undefined): void;
  /** It has ended. @param error if it was deferred: the followers that wait for it are deferred together with it */
  leave(error?: Error): void;
}

interface RequestState {
  /** By lead and POP: whether both have the same REC, as downloads have shown. False also if they have shown nothing too often. */
  readonly isSameRec: Map<string, boolean>;
  /** Objects that a follower fetched, or may be fetching, from the origin. A later hit on one does not show whether the RECs are the same. */
  readonly fetched: Set<string>;
  /** By lead and POP: number of such inconclusive hits. */
  readonly inconclusiveHits: Map<string, number>;
  /** Followers whose REC is not confirmed run alone, by object and by lead and POP. */
  readonly running: Map<string, Running>;
}

interface Running {
  /** Resolves with the error with which those that wait end, if there is one. */
  readonly ended: Promise<Error | undefined>;
  readonly end: (error?: Error) => void;
}

const MAX_REQUESTS = 50;
/** After this many inconclusive hits, the followers of a lead at a POP stop running alone; each needs a permit. */
const MAX_INCONCLUSIVE_HITS = 3;

/**
 * Limits the requests of followers to an origin that has limits. The catalogue's regional edge caches (RECs) are a guess. So the first
 * follower of a lead at a POP runs alone, with a permit. If the lead's REC served it, the others at this POP follow without permits. If the
 * origin did, the POP and its lead have different RECs, and each needs a permit. After MAX_INCONCLUSIVE_HITS hits on objects that followers
 * at other POPs had fetched before, the RECs are treated as different.
 */
export class FollowerGate {
  private readonly requests = new Map<string, RequestState>();
  private closeError: Error | undefined;

  /** Ends all waiting. */
  close(reason: Error): void {
    this.closeError = reason;
    for (const { running } of this.requests.values()) for (const { end } of running.values()) end(reason);
  }

  /**
   * Waits until this follower may start. Until the REC is confirmed, only one follower of a lead and POP, and one of an object, runs, and
   * this one waits for it.
   * @throws the error with which that follower left; what the gate was closed with
   */
  async enter(task: FollowerTask): Promise<AdmittedFollower> {
    const request = this.requestOf(task.reqId);
    const pair = pairOf(task.lead, task.pop);
    const keys = [pair, task.url];
    for (;;) {
      if (this.closeError !== undefined) throw this.closeError;
      const known = request.isSameRec.get(pair);
      const running = keys.flatMap((key) => request.running.get(key) ?? []);
      if (known !== undefined || running.length === 0)
        return start(request, task, known === undefined ? keys : [], known !== true);
      const error = await running[0]?.ended;
      if (error !== undefined) throw error;
    }
  }

  private requestOf(reqId: string): RequestState {
    const request = this.requests.get(reqId) ?? newState();
    // The map is ordered by last use.
    this.requests.delete(reqId);
    this.requests.set(reqId, request);
    const [oldest] = this.requests.keys();
    if (this.requests.size > MAX_REQUESTS && oldest !== undefined) this.requests.delete(oldest);
    return request;
  }
}

function newState(): RequestState {
  return { isSameRec: new Map(), fetched: new Set(), inconclusiveHits: new Map(), running: new Map() };
}

/** @param alone what others wait for until it leaves: none, or its object, and its lead with its POP */
function start(
  request: RequestState,
  task: FollowerTask,
  alone: readonly string[],
  needsPermit: boolean,
): AdmittedFollower {
  let end = (_?: Error) => {};
  const ended = new Promise<Error | undefined>((resolve) => {
    end = resolve;
  });
  const running: Running = { ended, end };
  for (const key of alone) request.running.set(key, running);
  // It may fill a cache while others run, because none waits for it.
  if (needsPermit && alone.length === 0) request.fetched.add(task.url);
  const leave = (error?: Error) => {
    for (const key of alone) if (request.running.get(key) === running) request.running.delete(key);
    end(error);
  };
  const served = (by: ServedBy | undefined) => {
    const pair = pairOf(task.lead, task.pop);
    if (by === "origin") {
      request.isSameRec.set(pair, false);
      request.fetched.add(task.url);
    } else if (!request.isSameRec.has(pair)) {
      // Without Server-Timing, the catalogue is believed.
      if (by === undefined || !request.fetched.has(task.url)) request.isSameRec.set(pair, true);
      else {
        const hits = (request.inconclusiveHits.get(pair) ?? 0) + 1;
        request.inconclusiveHits.set(pair, hits);
        if (hits === MAX_INCONCLUSIVE_HITS) request.isSameRec.set(pair, false);
      }
    }
    leave();
  };
  return { needsPermit, served, leave };
}

function pairOf(lead: string, pop: string): string {
  return `${lead}>${pop}`;
}

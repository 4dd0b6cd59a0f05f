// The decision table for proofs, held against generated histories of an edge: what is reported as warm was kept.
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type CacheStatus,
  downloadsIn,
  MAX_DOWNLOADS,
  nextStep,
  type Observation,
  type ProofStep,
} from "../../../domain/result/proof.ts";

const RUNS = 5_000;
/** No history has more requests. */
const MAX_REQUESTS = 16;

/** One request of somebody else for the same object, at the same POP. */
interface Stranger {
  readonly at: number;
}

/** An edge of one POP and its REC, with one object. All times are in milliseconds, all lifetimes and ages in seconds. */
interface World {
  /** How long the POP keeps it; 0: it never does. */
  readonly popKeeps: number;
  /** How long the REC keeps it. */
  readonly recKeeps: number;
  /** The object expires, and is revalidated by each request. */
  readonly refreshes: boolean;
  /** When the POP, or the REC as well, loses what it has. */
  readonly evictions: readonly { readonly at: number; readonly everywhere: boolean }[];
  /** From a request to the origin's answer. */
  readonly originMs: number;
  /** From a request to the REC's answer, if it has the object. */
  readonly recMs: number;
  /** The `Age` that the origin sends by itself: none, always the same, or one that grows. */
  readonly originAge: "none" | "constant" | "growing";
  readonly originAgeFrom: number;
  /** The `Age` of every hit: true, absent, or always this one. One that equals the time that passed by chance looks like growth. */
  readonly edgeAge: "true" | "absent" | number;
  readonly tier: "reported" | "not reported";
  /** What Server-Timing says in an answer that was shared: no tier, or EDGE although nothing may be kept there. */
  readonly sharedTier: "none" | "EDGE" | "EDGE and upstream";
  readonly strangers: readonly Stranger[];
  /** How much later than it may each request is sent. */
  readonly delays: readonly number[];
  /** Whether a Miss of the host was seen with an `Age` before: of this object, or of one that has another origin. */
  readonly hostSentAge: boolean;
  /** Which of the checks have no good answer, although the edge was asked. */
  readonly losesChecks: readonly boolean[];
}

interface Stored {
  readonly at: number;
  /** The `Age` with which it came. */
  readonly age: number;
}

interface Answered {
  readonly observation: Observation;
  /** Whether the POP had the object when it was asked. */
  readonly wasKept: boolean;
}

/** Plays the world's strangers and evictions up to each request of the task. */
class EdgeModel {
  private pop: Stored | undefined;
  private rec: Stored | undefined;
  /** The fetch of the POP that is in progress. */
  private flight: { readonly endsAt: number; readonly age: number | undefined; readonly fromRec: boolean } | undefined;
  private readonly events: { readonly at: number; readonly happens: (at: number) => void }[];

  constructor(private readonly world: World) {
    this.events = [
      ...world.strangers.map(({ at }) => ({ at, happens: (now: number) => void this.fetch(now) })),
      ...world.evictions.map(({ at, everywhere }) => ({
        at,
        happens: () => {
          this.pop = undefined;
          if (everywhere) this.rec = undefined;
        },
      })),
    ].toSorted((a, b) => a.at - b.at);
  }

  request(kind: Observation["kind"], at: number): Answered {
    while (this.events[0] !== undefined && this.events[0].at <= at) {
      const event = this.events.shift();
      if (event === undefined) break;
      this.land(event.at);
      event.happens(event.at);
    }
    this.land(at);
    const stored = this.inPop(at);
    const shared = this.flight;
    if (stored === undefined && shared === undefined) return this.missed(kind, at);
    if (shared !== undefined && stored === undefined) return this.shares(kind, at, shared);
    const answer = this.answered(kind, at, at + 1, "HIT", this.ageOf(stored, at), this.reported("EDGE"));
    return { observation: answer, wasKept: true };
  }

  private missed(kind: Observation["kind"], at: number): Answered {
    const expired = this.pop;
    const { fromRec, endsAt, age } = this.fetch(at);
    if (this.world.refreshes && expired !== undefined)
      return { observation: this.answered(kind, at, endsAt, "REFRESH_HIT", undefined, {}), wasKept: false };
    const observation = fromRec
      ? this.answered(kind, at, endsAt, "HIT", this.sent(age), this.reported("REC"))
      : this.answered(kind, at, endsAt, "MISS", age, this.world.tier === "reported" ? { upstream: "REC" } : {});
    return { observation, wasKept: false };
  }

  /**
   * Its answer has the `Age` of the answer that it waited for. If that came from the REC's cache, it reports the REC, or also the tier
   * that fetched it: with EDGE alone, nothing would tell it from a hit at the POP.
   */
  private shares(kind: Observation["kind"], at: number, flight: NonNullable<EdgeModel["flight"]>): Answered {
    const { sharedTier, tier } = this.world;
    const named = {
      none: flight.fromRec ? { tier: "REC" } : {},
      EDGE: flight.fromRec ? { tier: "REC" } : { tier: "EDGE" },
      "EDGE and upstream": { tier: "EDGE", upstream: "REC" },
    }[sharedTier];
    const told = tier === "reported" ? named : {};
    return { observation: this.answered(kind, at, flight.endsAt, "HIT", this.sent(flight.age), told), wasKept: false };
  }

  /** The POP fetches it, from the REC or from the origin. */
  private fetch(at: number): NonNullable<EdgeModel["flight"]> {
    if (this.flight !== undefined || this.inPop(at) !== undefined)
      return this.flight ?? { endsAt: at, age: undefined, fromRec: false };
    const { originMs, recMs, recKeeps } = this.world;
    const inRec = this.rec !== undefined && at < this.rec.at + recKeeps * 1_000 ? this.rec : undefined;
    if (inRec !== undefined) {
      const age = inRec.age + Math.floor((at - inRec.at) / 1_000);
      this.flight = { endsAt: at + recMs, age, fromRec: true };
    } else {
      const endsAt = at + originMs;
      this.flight = { endsAt, age: this.ageAtOrigin(endsAt), fromRec: false };
    }
    return this.flight;
  }

  /** What was fetched by then is stored. */
  private land(at: number): void {
    const { flight, world } = this;
    if (flight === undefined || flight.endsAt > at) return;
    this.flight = undefined;
    const stored = { at: flight.endsAt, age: flight.age ?? 0 };
    if (world.popKeeps > 0 || world.refreshes) this.pop = stored;
    if (world.recKeeps > 0 && !flight.fromRec) this.rec = stored;
  }

  private inPop(at: number): Stored | undefined {
    const { pop, world } = this;
    return pop !== undefined && at < pop.at + world.popKeeps * 1_000 ? pop : undefined;
  }

  private ageOf(stored: Stored | undefined, at: number): number | undefined {
    return stored === undefined ? undefined : this.sent(stored.age + Math.floor((at - stored.at) / 1_000));
  }

  private sent(age: number | undefined): number | undefined {
    const { edgeAge } = this.world;
    return edgeAge === "true" ? age : edgeAge === "absent" ? undefined : edgeAge;
  }

  private ageAtOrigin(at: number): number | undefined {
    const { originAge, originAgeFrom } = this.world;
    if (originAge === "none") return undefined;
    return originAge === "constant" ? originAgeFrom : originAgeFrom + Math.floor(at / 1_000);
  }

  private reported(tier: string): Partial<Observation> {
    return this.world.tier === "reported" ? { tier } : {};
  }

  private answered(
    kind: Observation["kind"],
    startedAt: number,
    endedAt: number,
    cache: CacheStatus,
    age: number | undefined,
    told: Partial<Observation>,
  ): Observation {
    return { kind, startedAt, endedAt, cache, age, ...told };
  }
}

/** Carries out what the table says, as the agent does. */
function prove(world: World) {
  const edge = new EdgeModel(world);
  const answers: Answered[] = [];
  let originSendsAge = world.hostSentAge;
  let now = 3_000;
  for (;;) {
    const history = answers.map(({ observation }) => observation);
    const step = nextStep(history, originSendsAge);
    if ("outcome" in step) return { step, answers, history };
    if (answers.length >= MAX_REQUESTS) throw new Error(`no end: ${JSON.stringify(history)}`);
    if (step.next === "check") now = Math.max(now, step.earliestAt);
    now += world.delays[answers.length % world.delays.length] ?? 0;
    const answer = lost(edge.request(step.next, now), world, answers.length);
    answers.push(answer);
    const { cache, age, endedAt } = answer.observation;
    if (cache === "MISS" && age !== undefined) originSendsAge = true;
    now = endedAt;
  }
}

function lost(answer: Answered, { losesChecks }: World, before: number): Answered {
  const { kind, startedAt, endedAt } = answer.observation;
  if (kind === "download" || losesChecks[before] !== true) return answer;
  return { observation: { kind, startedAt, endedAt }, wasKept: answer.wasKept };
}

const seconds = fc.oneof(fc.constant(0), fc.constant(1_000_000), fc.integer({ min: 1, max: 6 }));
const moment = fc.integer({ min: 0, max: 15_000 });

const anyWorld: fc.Arbitrary<World> = fc
  .record({
    popKeeps: seconds,
    recKeeps: seconds,
    refreshes: fc.boolean(),
    evictions: fc.array(fc.record({ at: moment, everywhere: fc.boolean() }), { maxLength: 4 }),
    originMs: fc.integer({ min: 1, max: 3_000 }),
    recMs: fc.integer({ min: 1, max: 500 }),
    originAge: fc.constantFrom<World["originAge"]>("none", "constant", "growing"),
    originAgeFrom: fc.integer({ min: 0, max: 600 }),
    edgeAge: fc.constantFrom<World["edgeAge"]>("true", "true", "true", "absent", 0, 60, 86_400),
    tier: fc.constantFrom<World["tier"]>("reported", "reported", "not reported"),
    sharedTier: fc.constantFrom<World["sharedTier"]>("none", "EDGE", "EDGE and upstream"),
    strangers: fc.array(fc.record({ at: moment }), { maxLength: 40 }),
    delays: fc.array(fc.integer({ min: 0, max: 1_500 }), { minLength: 1, maxLength: 4 }),
    hostSentAge: fc.boolean(),
    losesChecks: fc.oneof(fc.constant([]), fc.array(fc.boolean(), { maxLength: MAX_REQUESTS })),
  })
  // Where the origin sends an Age, no Miss of the host was ever seen, and each answer is shared, no table can tell.
  .filter(({ originAge, hostSentAge, strangers }) => originAge === "none" || hostSentAge || strangers.length === 0);

/** An edge that keeps everything for good, and whose ages are true. */
const honestWorld = anyWorld.map((world) => ({
  ...world,
  popKeeps: 1_000_000,
  recKeeps: 1_000_000,
  refreshes: false,
  evictions: [],
  edgeAge: "true" as const,
  losesChecks: [],
}));

const outcomeIn = (step: ProofStep) => ("outcome" in step ? step.outcome : undefined);

test("no task is reported as warm whose object the POP did not keep when it was requested", () => {
  fc.assert(
    fc.property(anyWorld, (world) => {
      const { step, answers } = prove(world);
      if (outcomeIn(step) === "warm") expect(answers.at(-1)).toMatchObject({ wasKept: true });
    }),
    { numRuns: RUNS },
  );
});

test("a task is not_kept for want of a hit only if a check after its last download was a miss", () => {
  fc.assert(
    fc.property(anyWorld, (world) => {
      const { step, history } = prove(world);
      if ("outcome" in step && step.outcome === "not_kept" && step.reason === "NO_HIT")
        expect(history.at(-1)).toMatchObject({ kind: "check", cache: "MISS" });
    }),
    { numRuns: RUNS },
  );
});

test("a task whose object the POP keeps is never not_kept, whichever checks are lost", () => {
  const losing = fc.record({ world: honestWorld, losesChecks: fc.array(fc.boolean(), { maxLength: MAX_REQUESTS }) });
  fc.assert(
    fc.property(losing, ({ world, losesChecks }) => {
      const { step } = prove({ ...world, losesChecks });
      expect(outcomeIn(step)).not.toBe("not_kept");
    }),
    { numRuns: RUNS },
  );
});

test("every proof ends after at most two downloads and sixteen requests", () => {
  const cache = fc.option(fc.constantFrom<CacheStatus>("HIT", "REFRESH_HIT", "MISS", "OTHER"), { nil: undefined });
  const tier = fc.option(fc.constantFrom("EDGE", "REC", "Origin Shield"), { nil: undefined });
  const age = fc.option(fc.integer({ min: 0, max: 5 }), { nil: undefined });
  const answer = fc.record({ cache, tier, upstream: fc.option(fc.constant("REC"), { nil: undefined }), age });
  const known = fc.boolean();
  fc.assert(
    fc.property(
      fc.array(answer, { minLength: MAX_REQUESTS, maxLength: MAX_REQUESTS }),
      known,
      (all, originSendsAge) => {
        const history: Observation[] = [];
        for (const [i, seen] of all.entries()) {
          const step = nextStep(history, originSendsAge);
          if ("outcome" in step) return;
          history.push({ kind: step.next, ...seen, startedAt: i * 2_000, endedAt: i * 2_000 + 500 });
          expect(downloadsIn(history)).toBeLessThanOrEqual(MAX_DOWNLOADS);
        }
        expect(nextStep(history, originSendsAge)).toHaveProperty("outcome");
      },
    ),
    { numRuns: RUNS },
  );
});

test("at an edge that keeps the object a task is warm, or a hit where the edge does not say enough, after one download and at most three checks", () => {
  fc.assert(
    fc.property(honestWorld, (world) => {
      const { step, history } = prove(world);
      const isProof = world.tier === "reported" && world.originAge === "none" && !world.hostSentAge;
      expect(outcomeIn(step)).toBe(isProof ? "warm" : "hit");
      expect(downloadsIn(history)).toBe(1);
      expect(history.length).toBeLessThanOrEqual(4);
    }),
    { numRuns: RUNS },
  );
});

test("a task whose object is kept nowhere, and that nobody else requests, is not_kept after two downloads", () => {
  const nowhere = anyWorld.map((world) => ({
    ...world,
    popKeeps: 0,
    recKeeps: 0,
    refreshes: false,
    strangers: [],
    losesChecks: [],
  }));
  fc.assert(
    fc.property(nowhere, (world) => {
      const { step, history } = prove(world);
      expect(step).toEqual({ outcome: "not_kept", reason: "NO_HIT" });
      expect(history.map(({ kind }) => kind)).toEqual(["download", "check", "download", "check"]);
    }),
    { numRuns: RUNS },
  );
});

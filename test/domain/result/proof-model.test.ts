// The decision table for proofs, held against generated histories of an edge: what is reported as warm was kept.
import fc from "fast-check";
import { MAX_DOWNLOADS } from "../../../domain/result/downloads.ts";
import {
  type CacheStatus,
  downloadsIn,
  isOfEdge,
  nextStep,
  type Observation,
  type ProofFacts,
} from "../../../domain/result/proof.ts";
import { fuzz } from "../../fuzz.ts";

/** No history has more requests. */
const MAX_REQUESTS = 16;

/** An edge of one POP and its REC, with one object. All times are in milliseconds, all lifetimes and ages in seconds. */
interface World {
  /** The whole GET from which on the POP keeps it, among those that it forwards. */
  readonly admittedAt: 1 | 2;
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
  readonly reportsTier: boolean;
  /** What Server-Timing says in an answer that was shared: no tier, or EDGE although nothing may be kept there. */
  readonly sharedTier: "none" | "EDGE" | "EDGE and upstream";
  /** When somebody else requests the same object at the same POP. */
  readonly strangers: readonly number[];
  /** How much later than it may each request is sent. */
  readonly delays: readonly number[];
  /** Whether a Miss of the host was seen with an `Age` before: of this object, or of one that has another origin. */
  readonly hostSentAge: boolean;
  /** Which of the checks have no good answer, although the edge was asked. */
  readonly losesChecks: readonly boolean[];
}

/** The `Age` with which an object came, and since when it is kept. */
interface Stored {
  readonly at: number;
  readonly age: number;
}

/** A fetch of the POP, from the REC or from the origin. */
interface Flight {
  readonly endsAt: number;
  readonly age: number | undefined;
  readonly fromRec: boolean;
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
  private flight: Flight | undefined;
  /** Requests that the POP has forwarded since it had lost the object last. */
  private forwarded = 0;
  private readonly events: { readonly at: number; readonly happens: () => void }[];

  constructor(private readonly world: World) {
    const evict = (everywhere: boolean) => {
      this.pop = undefined;
      this.forwarded = 0;
      if (everywhere) this.rec = undefined;
    };
    this.events = [
      ...world.strangers.map((at) => ({ at, happens: () => void this.fetch(at) })),
      ...world.evictions.map(({ at, everywhere }) => ({ at, happens: () => evict(everywhere) })),
    ].toSorted((a, b) => a.at - b.at);
  }

  request(kind: Observation["kind"], at: number): Answered {
    for (const { at: when, happens } of this.events.splice(0, this.events.filter((it) => it.at <= at).length)) {
      this.land(when);
      happens();
    }
    this.land(at);
    const { world, pop, flight } = this;
    const wasKept = this.isInPop(at);
    const answer = (endedAt: number, cache: CacheStatus, age: number | undefined, told: Partial<Observation>) => ({
      observation: { kind, startedAt: at, endedAt, cache, age, ...(world.reportsTier ? told : {}) },
      wasKept,
    });
    if (wasKept) return answer(at + 1, "HIT", this.ageOf(pop, at), { tier: "EDGE" });
    if (flight !== undefined) return answer(flight.endsAt, "HIT", this.sent(flight.age), this.toldOf(flight));
    const { fromRec, endsAt, age } = this.fetch(at);
    if (world.refreshes && pop !== undefined) return answer(endsAt, "REFRESH_HIT", undefined, {});
    if (fromRec) return answer(endsAt, "HIT", this.sent(age), { tier: "REC" });
    return answer(endsAt, "MISS", age, { upstream: "REC" });
  }

  /**
   * A shared answer has the `Age` of the answer that it waited for. If that came from the REC's cache, it reports the REC, or also the
   * tier that fetched it: with EDGE alone, nothing would tell it from a hit at the POP.
   */
  private toldOf({ fromRec }: Flight): Partial<Observation> {
    const { sharedTier } = this.world;
    if (sharedTier === "EDGE and upstream") return { tier: "EDGE", upstream: "REC" };
    if (fromRec) return { tier: "REC" };
    return sharedTier === "EDGE" ? { tier: "EDGE" } : {};
  }

  private fetch(at: number): Flight {
    const { originMs, recMs, recKeeps, originAge, originAgeFrom } = this.world;
    if (this.flight !== undefined) return this.flight;
    if (this.isInPop(at)) return { endsAt: at, age: undefined, fromRec: false };
    const isInRec = this.rec !== undefined && at < this.rec.at + recKeeps * 1_000;
    const endsAt = at + (isInRec ? recMs : originMs);
    const grown = originAge === "growing" ? Math.floor(endsAt / 1_000) : 0;
    const ofOrigin = originAge === "none" ? undefined : originAgeFrom + grown;
    this.forwarded++;
    this.flight = { endsAt, age: isInRec ? aged(this.rec, at) : ofOrigin, fromRec: isInRec };
    return this.flight;
  }

  /** What was fetched by then is stored. */
  private land(at: number): void {
    const { flight, world } = this;
    if (flight === undefined || flight.endsAt > at) return;
    this.flight = undefined;
    const stored = { at: flight.endsAt, age: flight.age ?? 0 };
    if ((world.popKeeps > 0 || world.refreshes) && this.forwarded >= world.admittedAt) this.pop = stored;
    if (world.recKeeps > 0 && !flight.fromRec) this.rec = stored;
  }

  /** Whether the POP has the object. */
  keeps(at: number): boolean {
    this.land(at);
    return this.isInPop(at);
  }

  private isInPop(at: number): boolean {
    return this.pop !== undefined && at < this.pop.at + this.world.popKeeps * 1_000;
  }

  private ageOf(stored: Stored | undefined, at: number): number | undefined {
    return this.sent(aged(stored, at));
  }

  private sent(age: number | undefined): number | undefined {
    const { edgeAge } = this.world;
    return edgeAge === "true" ? age : edgeAge === "absent" ? undefined : edgeAge;
  }
}

function aged(stored: Stored | undefined, at: number): number | undefined {
  return stored && stored.age + Math.floor((at - stored.at) / 1_000);
}

const AUTO: Omit<ProofFacts, "originSendsAge"> = { downloads: "auto", scope: "pop", verify: "edge", downloadsDone: 0 };

/** Carries out what the table says, as the agent does. */
function prove(world: World, settings = AUTO) {
  const edge = new EdgeModel(world);
  const answers: Answered[] = [];
  let originSendsAge = world.hostSentAge;
  let now = 3_000;
  for (;;) {
    const history = answers.map(({ observation }) => observation);
    const step = nextStep(history, { ...settings, originSendsAge });
    if ("outcome" in step)
      return { step, outcome: step.outcome, answers, history, isKept: edge.keeps(history.at(-1)?.startedAt ?? 0) };
    if (answers.length >= MAX_REQUESTS) throw new Error(`no end: ${JSON.stringify(history)}`);
    now = Math.max(now, step.earliestAt);
    now += world.delays[answers.length % world.delays.length] ?? 0;
    const { observation: answered, wasKept } = edge.request(step.next, now);
    const countsAsCheckOnEdgeHit = step.next === "download" && step.countsAsCheckOnEdgeHit && isOfEdge(answered);
    const observation: Observation = countsAsCheckOnEdgeHit ? { ...answered, kind: "check" } : answered;
    const { kind, startedAt, endedAt, cache, age } = observation;
    const isLost = kind === "check" && world.losesChecks[answers.length] === true;
    answers.push({ observation: isLost ? { kind, startedAt, endedAt } : observation, wasKept });
    if (!isLost && cache === "MISS" && age !== undefined) originSendsAge = true;
    now = endedAt;
  }
}

const seconds = fc.oneof(fc.constant(0), fc.constant(1_000_000), fc.integer({ min: 1, max: 6 }));
const moment = fc.integer({ min: 0, max: 15_000 });

const anyWorld: fc.Arbitrary<World> = fc
  .record({
    admittedAt: fc.constantFrom<World["admittedAt"]>(1, 2),
    popKeeps: seconds,
    recKeeps: seconds,
    refreshes: fc.boolean(),
    evictions: fc.array(fc.record({ at: moment, everywhere: fc.boolean() }), { maxLength: 4 }),
    originMs: fc.integer({ min: 1, max: 3_000 }),
    recMs: fc.integer({ min: 1, max: 500 }),
    originAge: fc.constantFrom<World["originAge"]>("none", "constant", "growing"),
    originAgeFrom: fc.integer({ min: 0, max: 600 }),
    edgeAge: fc.constantFrom<World["edgeAge"]>("true", "true", "true", "absent", 0, 60, 86_400),
    reportsTier: fc.constantFrom(true, true, false),
    sharedTier: fc.constantFrom<World["sharedTier"]>("none", "EDGE", "EDGE and upstream"),
    strangers: fc.array(moment, { maxLength: 40 }),
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

const always = <T>(any: fc.Arbitrary<T>, check: (value: T) => void) => fc.assert(fc.property(any, check), fuzz(5_000));

test("no task is reported as warm whose object the POP did not keep when it was requested", () =>
  always(anyWorld, (world) => {
    const { outcome, answers } = prove(world);
    if (outcome === "warm") expect(answers.at(-1)).toMatchObject({ wasKept: true });
  }));

test("a task is not_kept for want of a hit only if a check after its last download was a miss", () =>
  always(anyWorld, (world) => {
    const { step, history } = prove(world);
    if ("reason" in step && step.reason === "NO_HIT")
      expect(history.at(-1)).toMatchObject({ kind: "check", cache: "MISS" });
  }));

const anySettings = fc.record({
  downloads: fc.constantFrom<ProofFacts["downloads"]>("auto", 1, 2),
  scope: fc.constantFrom<ProofFacts["scope"]>("pop", "regional"),
  verify: fc.constant<ProofFacts["verify"]>("edge"),
  downloadsDone: fc.constant(0),
});

test("with any settings, no task is warm whose object the POP did not keep when it was requested", () =>
  always(fc.tuple(anyWorld, anySettings), ([world, settings]) => {
    const { outcome, answers } = prove(world, settings);
    if (outcome === "warm") expect(answers.at(-1)).toMatchObject({ wasKept: true });
  }));

test("at an edge that keeps what it has admitted, a hit whose tier is not reported means that the POP keeps the object", () =>
  always(fc.tuple(honestWorld, anySettings), ([world, settings]) => {
    const { outcome, isKept } = prove({ ...world, reportsTier: false }, settings);
    if (outcome === "hit") expect(isKept).toBe(true);
  }));

test("a task whose object the POP keeps is never not_kept, whichever checks are lost", () => {
  const losesChecks = fc.array(fc.boolean(), { maxLength: MAX_REQUESTS });
  always(fc.tuple(honestWorld, losesChecks), ([world, losesChecks]) => {
    expect(prove({ ...world, losesChecks }).outcome).not.toBe("not_kept");
  });
});

test("every proof ends after at most two downloads and sixteen requests", () => {
  const maybe = <T>(...values: T[]) => fc.constantFrom(undefined, ...values);
  const answer = fc.record({
    cache: maybe<CacheStatus>("HIT", "REFRESH_HIT", "MISS", "OTHER"),
    tier: maybe("EDGE", "REC", "Origin Shield"),
    upstream: maybe("REC"),
    age: maybe(0, 1, 2, 3, 4, 5),
  });
  const answers = fc.array(answer, { minLength: MAX_REQUESTS, maxLength: MAX_REQUESTS });
  always(fc.tuple(answers, fc.boolean()), ([all, originSendsAge]) => {
    const history: Observation[] = [];
    for (const [i, seen] of all.entries()) {
      const step = nextStep(history, { ...AUTO, originSendsAge });
      if ("outcome" in step) return;
      history.push({ kind: step.next, ...seen, startedAt: i * 2_000, endedAt: i * 2_000 + 500 });
      expect(downloadsIn(history)).toBeLessThanOrEqual(MAX_DOWNLOADS);
    }
    expect(nextStep(history, { ...AUTO, originSendsAge })).toHaveProperty("outcome");
  });
});

test("at an edge that keeps the object, a task is warm, or a hit where the edge does not say enough, after at most two downloads and three checks", () =>
  always(honestWorld, (world) => {
    const { outcome, history } = prove(world);
    const isProof = world.reportsTier && world.originAge === "none" && !world.hostSentAge;
    expect(outcome).toBe(isProof ? "warm" : "hit");
    expect(history.length).toBeLessThanOrEqual(5);
  }));

test("without others, an edge that reports tiers needs one download and a check where it admits first, and two downloads and a check where it admits second", () =>
  always(honestWorld, (world) => {
    const alone = { ...world, strangers: [], reportsTier: true, originAge: "none" as const, hostSentAge: false };
    const { outcome, history } = prove(alone);
    expect(outcome).toBe("warm");
    const requests = history.map(({ kind }) => kind);
    expect(requests).toEqual(world.admittedAt === 1 ? ["download", "check"] : ["download", "download", "check"]);
  }));

test("a task whose object is kept nowhere, and that nobody else requests, is not_kept after two downloads", () => {
  const nowhere = { popKeeps: 0, recKeeps: 0, refreshes: false, strangers: [], losesChecks: [] };
  always(anyWorld, (world) => {
    const { step, history } = prove({ ...world, ...nowhere });
    expect(step).toEqual({ outcome: "not_kept", reason: "NO_HIT" });
    expect(history.map(({ kind }) => kind)).toEqual(["download", "download", "check"]);
  });
});

import type { Logger } from "pino";
import type { ProgressReader } from "../../aws/progress-reader.ts";
import type { BackOff } from "../../domain/origin/back-off.ts";
import { isOverload } from "../../domain/origin/refusal.ts";
import { retryAfterMs } from "../../domain/origin/retry-after.ts";
import type { TaskMessage } from "../../domain/plan/task-message.ts";
import { isLimited, type OriginLimits } from "../../domain/request/origin-limits.ts";
import type { Patience } from "../../domain/request/patience.ts";
import type { Beat } from "../../domain/request/progress.ts";
import type { Answer } from "../download/answer.ts";
import type { Beats } from "../work/beats.ts";
import { Budget } from "./budget.ts";
import { HostPace } from "./host-pace.ts";
import { Line } from "./line.ts";
import { isFromCache, reachedOrigin } from "./reached-origin.ts";

/** The first reading waits for this share of a beat: the first beat of this process must stand before. */
const FIRST_READING = 0.1;
/** A process that shares limits goes on for so many times as long as a beat counts, after the last message: each that goes, or
 * comes again, takes turns and seats from the others for a while. */
const STAYS = 20;

export interface OriginOptions {
  readonly progress: Pick<ProgressReader, "beats">;
  readonly beats: Pick<Beats, "keep">;
  /** The name of this process in beats. */
  readonly self: string;
  readonly patience: Patience;
  readonly logger: Pick<Logger, "info" | "warn">;
}

/** The limits of a request, as long as messages of it come. */
interface Kept {
  readonly budget: Budget;
  /** Milliseconds since the epoch. */
  until: number;
  /** Of the next reading. */
  timer: NodeJS.Timeout | undefined;
  /** Whether this process has joined those who share them. */
  shares: boolean;
}

/** Keeps what may reach an origin within the limits of its request, and asks less of one that refuses. */
export class Origin {
  private readonly hosts = new Map<string, HostPace>();
  private readonly budgets = new Map<string, Kept>();
  /** By request, then by host. */
  private readonly lines = new Map<string, Map<string, Line>>();
  /** Whether any host may be held back: so that nobody has to look where there is none. */
  private holdsBack = false;
  private closed = false;

  constructor(private readonly options: OriginOptions) {}

  /** The line in which the downloads of a message wait for their turns; undefined: they need not. */
  lineOf(message: TaskMessage): Line | undefined {
    const { origin, follows, tries } = message;
    if ((origin === undefined && tries === undefined && !this.holdsBack) || follows === true) return undefined;
    const budget = isLimited(origin) ? this.budgetOf(message.req_id, origin) : undefined;
    const { backOff } = this.paceOf(message.host);
    if (tries !== undefined) this.beCareful(backOff);
    if (budget === undefined && backOff.perSecond(Date.now()) === Number.POSITIVE_INFINITY) {
      this.holdsBack = [...this.hosts.values()].some((pace) => pace.backOff.isActive);
      return undefined;
    }
    const lines = this.lines.get(message.req_id) ?? new Map<string, Line>();
    this.lines.set(message.req_id, lines);
    const line = lines.get(message.host) ?? new Line({ budget, backOff, patience: this.options.patience });
    lines.set(message.host, line);
    if (this.closed) line.close();
    return line;
  }

  /**
   * An answer has come.
   * @param sentAt when it was asked for, in milliseconds since the epoch
   * @param hadTurn whether it was asked for in a turn
   */
  saw(message: TaskMessage, answer: Answer, sentAt: number, hadTurn: boolean): void {
    // AWS WAF answers before the origin is asked: it says nothing of how much the origin takes.
    if (answer.wafAction !== undefined) return;
    if (isOverload(answer.httpStatus)) this.refused(message, answer, sentAt);
    else if (hadTurn && answer.httpStatus !== undefined && !isFromCache(answer))
      this.paceOf(message.host).good(message.pop, sentAt, isAgain(message));
    // It should not have reached the origin, and did: another one waits for it.
    else if (!hadTurn && message.origin !== undefined && reachedOrigin(answer))
      this.budgets.get(message.req_id)?.budget.take(Date.now());
  }

  /** Nothing waits here any more. */
  close(): void {
    this.closed = true;
    for (const { timer } of this.budgets.values()) clearTimeout(timer);
    for (const lines of this.lines.values()) for (const line of lines.values()) line.close();
  }

  private beCareful(backOff: BackOff): void {
    backOff.beCareful(Date.now());
    this.holdsBack ||= backOff.isActive;
  }

  private refused(message: TaskMessage, answer: Answer, sentAt: number): void {
    if (isFromCache(answer)) return;
    const { host, pop, req_id } = message;
    const now = Date.now();
    const pace = this.paceOf(host);
    const wasActive = pace.backOff.isActive;
    pace.refused(pop, sentAt, now, retryAfterMs(answer.retryAfter, now), isAgain(message));
    if (!pace.backOff.isActive) return;
    if (!wasActive)
      this.options.logger.info({ req_id, host, status: answer.httpStatus }, "origin refuses, less is asked");
    this.holdsBack = true;
    for (const lines of this.lines.values()) lines.get(host)?.look();
  }

  private paceOf(host: string): HostPace {
    const known = this.hosts.get(host);
    if (known !== undefined) return known;
    const pace = new HostPace();
    this.hosts.set(host, pace);
    return pace;
  }

  private budgetOf(reqId: string, limits: OriginLimits): Budget {
    const kept = this.budgets.get(reqId) ?? this.begin(reqId, limits);
    this.keep(reqId, kept);
    return kept.budget;
  }

  private begin(reqId: string, limits: OriginLimits): Kept {
    const { self, patience } = this.options;
    const kept: Kept = { budget: new Budget(limits, self, patience), until: 0, timer: undefined, shares: false };
    this.budgets.set(reqId, kept);
    if (!this.closed) this.follow(reqId, kept, 0);
    return kept;
  }

  private keep(reqId: string, kept: Kept): void {
    const ms = (kept.shares ? STAYS : 1) * this.options.patience.staleMs;
    kept.until = Date.now() + ms;
    if (kept.shares) this.options.beats.keep(reqId, ms);
  }

  /** Reads who shares the limits of a request, beat by beat, until no message of it has come for long. */
  private follow(reqId: string, kept: Kept, inMs: number): void {
    kept.timer = setTimeout(async () => {
      const since = Date.now();
      const nextMs = await this.read(reqId, kept);
      if (this.closed) return;
      const lines = [...(this.lines.get(reqId)?.values() ?? [])];
      for (const line of lines) line.look();
      if (Date.now() <= kept.until || kept.budget.isInUse || lines.some(({ isEmpty }) => !isEmpty))
        return this.follow(reqId, kept, Math.max(0, since + nextMs - Date.now()));
      this.budgets.delete(reqId);
      this.lines.delete(reqId);
    }, inMs);
  }

  /** @returns how long after it the next reading is due */
  private async read(reqId: string, kept: Kept): Promise<number> {
    const { budget } = kept;
    const beats = await this.beats(reqId);
    if (this.closed) return 0;
    if (!kept.shares) return this.join(reqId, kept, beats);
    if (beats !== undefined) budget.read(beats, Date.now());
    return budget.everyMs;
  }

  /** It joins unless others are enough. */
  private join(reqId: string, kept: Kept, beats: readonly Beat[] | undefined): number {
    kept.shares = kept.budget.look(beats, Date.now());
    if (kept.shares) this.keep(reqId, kept);
    return kept.shares || beats === undefined ? FIRST_READING * this.options.patience.beatMs : kept.budget.everyMs;
  }

  private async beats(reqId: string): Promise<Beat[] | undefined> {
    try {
      return await this.options.progress.beats(reqId);
    } catch (error) {
      this.options.logger.warn({ err: error, req_id: reqId }, "nobody can say who shares the limits of the origin");
      return undefined;
    }
  }
}

/** Whether its URLs were asked for before, in vain. */
function isAgain({ tries = 0 }: TaskMessage): boolean {
  return tries > 0;
}

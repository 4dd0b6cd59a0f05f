import type { Logger } from "pino";
import type { ProgressTable } from "../../aws/progress-table.ts";
import type { BackOff } from "../../domain/origin/back-off.ts";
import { isOverload } from "../../domain/origin/refusal.ts";
import { retryAfterMs } from "../../domain/origin/retry-after.ts";
import type { TaskMessage } from "../../domain/plan/task-message.ts";
import { isLimited, type OriginLimits } from "../../domain/request/origin-limits.ts";
import type { Patience } from "../../domain/request/patience.ts";
import type { Answer } from "../download/answer.ts";
import type { Beats } from "../work/beats.ts";
import { Budget } from "./budget.ts";
import { HostPace } from "./host-pace.ts";
import { Line } from "./line.ts";
import { isFromCache, reachedOrigin } from "./reached-origin.ts";

/** The first reading waits for this share of a beat: the first beat of this process must stand before. */
const FIRST_READING = 0.1;

export interface OriginOptions {
  readonly progress: Pick<ProgressTable, "beats">;
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
    const { beats, self, patience } = this.options;
    beats.keep(reqId, patience.staleMs);
    const until = Date.now() + patience.staleMs;
    const known = this.budgets.get(reqId);
    if (known !== undefined) {
      known.until = until;
      return known.budget;
    }
    const kept: Kept = { budget: new Budget(limits, self, patience), until, timer: undefined };
    this.budgets.set(reqId, kept);
    this.follow(reqId, kept, FIRST_READING * patience.beatMs);
    return kept.budget;
  }

  /** Reads who shares the limits of a request, beat by beat, until no message of it has come for long. */
  private follow(reqId: string, kept: Kept, inMs: number): void {
    kept.timer = setTimeout(async () => {
      const since = Date.now();
      await this.read(reqId, kept.budget);
      if (this.closed) return;
      const lines = [...(this.lines.get(reqId)?.values() ?? [])];
      for (const line of lines) line.look();
      if (Date.now() <= kept.until || kept.budget.isInUse || lines.some(({ isEmpty }) => !isEmpty))
        return this.follow(reqId, kept, Math.max(0, since + kept.budget.everyMs - Date.now()));
      this.budgets.delete(reqId);
      this.lines.delete(reqId);
    }, inMs);
  }

  private async read(reqId: string, budget: Budget): Promise<void> {
    try {
      budget.read(await this.options.progress.beats(reqId), Date.now());
    } catch (error) {
      this.options.logger.warn({ err: error, req_id: reqId }, "nobody can say who shares the limits of the origin");
    }
  }
}

/** Whether its URLs were asked for before, in vain. */
function isAgain({ tries = 0 }: TaskMessage): boolean {
  return tries > 0;
}

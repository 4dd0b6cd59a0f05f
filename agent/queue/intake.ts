import type { TaskMessage } from "../../domain/plan/task-message.ts";
import { learn, type Portion } from "./appetite.ts";
import { Backlog, type Parcel, weightOf } from "./backlog.ts";
import { messagesToAsk, type RoomFacts } from "./room.ts";

/** Longer than what waits should take to begin. */
const STALLED_MS = 5_000;

/** What an intake is told of the downloads that run. */
export type Running = Pick<RoomFacts, "freeLarge" | "limit" | "tasksPerSecond" | "bytesPerSecond">;

/** How much is taken from one lane. */
export class Intake {
  readonly backlog = new Backlog(() => {
    this.movedAt = performance.now();
    this.look();
  });
  /** When a call came back empty last, by `performance.now()`. */
  emptyAt = Number.NEGATIVE_INFINITY;
  private portion: Portion | undefined;
  private asked = 0;
  private closed = false;
  private restUntil = 0;
  /** When something began last. */
  private movedAt = performance.now();
  /** Pollers that wait for room. */
  private readonly hungry: ((messages: number) => void)[] = [];

  constructor(private readonly running: () => Running) {}

  /** Resolves once there is room, with the number of messages to ask for: say with {@link came} what came of it. 0: it is closed. */
  room(): Promise<number> {
    return new Promise((resolve) => {
      this.hungry.push(resolve);
      this.look();
    });
  }

  /** @param asked as {@link room} said. @param came how many came; undefined: the call failed */
  came(asked: number, came: number | undefined): void {
    this.asked -= asked;
    if (came === 0) this.emptyAt = performance.now();
    this.look();
  }

  accept(message: TaskMessage): Parcel {
    this.portion = learn(this.portion, weightOf(message));
    return this.backlog.accept(message);
  }

  /** Lets a poller go on, if there is room. Call it whenever there may be. */
  look(): void {
    while (this.hungry.length > 0) {
      const messages = this.closed ? 0 : this.messagesToAsk();
      if (messages === 0 && !this.closed) return;
      this.asked += messages;
      this.hungry.shift()?.(messages);
    }
  }

  /** Takes nothing for so long: what was just handed back is for others. */
  rest(ms: number): void {
    this.restUntil = performance.now() + ms;
  }

  close(): void {
    this.closed = true;
    this.look();
  }

  private messagesToAsk(): number {
    if (performance.now() < this.restUntil) return 0;
    const { backlog, asked, portion, movedAt } = this;
    const { freeLarge, limit, tasksPerSecond, bytesPerSecond } = this.running();
    // Written out: this is asked with every task that begins.
    return messagesToAsk({
      waitingTasks: backlog.tasks,
      waitingBytes: backlog.bytes,
      waitingLarge: backlog.large,
      freeLarge,
      asked,
      portion,
      limit,
      tasksPerSecond,
      bytesPerSecond,
      stalled: performance.now() - movedAt > STALLED_MS,
    });
  }
}

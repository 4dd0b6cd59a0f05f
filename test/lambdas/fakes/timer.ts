import type { Timer, TimerTarget } from "../../../aws/timer.ts";
import type { Public } from "./public.ts";

export class FakeTimer implements Public<Timer> {
  readonly schedules = new Map<string, { readonly at: number; readonly target: TimerTarget }>();

  async set(reqId: string, at: number, target: TimerTarget) {
    this.schedules.set(reqId, { at, target });
  }
  async cancel(reqId: string) {
    this.schedules.delete(reqId);
  }
}

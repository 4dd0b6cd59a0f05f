import type { AcquireOptions, Permit } from "../../domain/origin/origin-limiter.ts";
import type { HostLimiter } from "../../domain/origin/origin-limiters.ts";
import type { Cancellation } from "./cancellation.ts";

/** The permit of one task for its origin, which it may release and acquire again. */
export class HeldPermit {
  private permit: Permit | undefined;

  /**
   * @param limiterOf undefined: nothing limits its requests now
   * @param onLost called if the permit is lost with the lease of this process
   */
  constructor(
    private readonly limiterOf: () => HostLimiter | undefined,
    private readonly cancellation: Cancellation,
    private readonly onLost: () => void,
  ) {}

  get isHeld(): boolean {
    return this.permit !== undefined;
  }

  /** Whether its requests need permits now. */
  get isNeeded(): boolean {
    return this.limiterOf() !== undefined;
  }

  /** Releases the permit, and waits for another one if its requests need any. @throws DeferredError; what cancelled it; what the limiter was closed with */
  async acquire(options: Omit<AcquireOptions, "rate" | "signal">): Promise<void> {
    this.release();
    this.permit = await this.limiterOf()?.acquire({ ...options, signal: this.cancellation.signal });
    this.permit?.lost.addEventListener("abort", this.onLost);
  }

  /** Waits until the request may be sent, if it has a permit: call it when the connection is open. @throws as {@link acquire} */
  async slot(): Promise<void> {
    await this.permit?.slot(this.cancellation.signal);
  }

  release(): void {
    this.permit?.lost.removeEventListener("abort", this.onLost);
    this.permit?.release();
    this.permit = undefined;
  }
}

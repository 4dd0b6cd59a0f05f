import type { OriginLimit } from "./origin-limit.ts";

/** How the origin of a distribution behaves. */
export interface OriginSettings {
  /** @default none */
  readonly limit?: OriginLimit;
  /**
   * Milliseconds before each answer.
   * @default 0
   */
  readonly delayMs?: number;
}

/** The request header by which the edge's tiers say for which distribution they ask. */
export const DISTRIBUTION_HEADER = "x-distribution";

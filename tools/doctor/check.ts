import type { Judgement } from "./judgement.ts";

export const PHASES = ["before", "deployed", "edge", "smoke"] as const;
export type Phase = (typeof PHASES)[number];

/** One question to the world, and where the documents say what to do about a bad answer. */
export interface Check {
  readonly phase: Phase;
  readonly name: string;
  /** `docs/<page>.md#<heading>` */
  readonly docs: string;
  /**
   * Whether it asks what only an account of AWS has (quotas, offerings, roles). What an emulator says of these is made up,
   * so it is never believed. @default false
   */
  readonly ofTheAccount?: boolean;
  run(): Promise<Judgement>;
}

/** A check as it went. */
export interface Finding extends Judgement {
  readonly phase: Phase;
  readonly name: string;
  readonly docs: string;
}

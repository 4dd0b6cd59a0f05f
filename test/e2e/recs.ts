// Provides POPs by the regional edge cache (REC) that serves them, and an edge at which each early request costs the origin one.
import type { StandInOptions } from "../../tools/local/stand-in-edge.ts";
import { world } from "../../tools/local/world.ts";

export const TOKYO = ["KIX50-C1", "KIX50-P2", "KIX50-P3"];
export const FRANKFURT = ["ATH50-C1", "BRU50-C1", "BUD50-C1", "CAI50-P1"];
export const DUBLIN = ["DUB2-C1"];

export const DEVICES = ["desktop", "mobile"].map((name) => ({ name, header: [`X-Device: ${name}`] }));

/** No cache collapses requests, so each POP that asks before the REC has the object costs the origin a request. */
export const uncollapsed: StandInOptions = {
  ...world,
  behaviours: [{ keyHeaders: ["x-device"], collapsing: "off" }],
  origin: { delayMs: 200 },
};

import type { LabPart } from "../lab/part.ts";
import { breaks } from "./breaks.ts";
import type { Claims } from "./claims.ts";
import { edge } from "./edge.ts";
import { hard } from "./hard.ts";
import { kills } from "./kills.ts";
import { limits } from "./limits.ts";
import { second } from "./second.ts";

/** Every part of the lab. A new one stands here. */
export function warmthParts(claims: Claims): readonly LabPart[] {
  return [edge(claims), hard(claims), kills, limits, breaks, second];
}

import * as z from "zod";
import type { Units } from "../../domain/cost/work-time.ts";
import { keptUnits } from "../bench/report.ts";

const unitsSchema = z.object({
  agentCpuMicros: z.number(),
  fanOutTasksPerSecond: z.number(),
  aggregationCpuMicros: z.number(),
  getSizeUrlsPerSecond: z.number(),
  largeMBPerSecond: z.number(),
});

/** The unit costs as `npm run bench` measured them last. @throws ZodError that names those that were never measured */
export function measuredUnits(): Units {
  return unitsSchema.parse(keptUnits());
}

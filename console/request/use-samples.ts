import { useEffect, useState } from "preact/hooks";
import type { Progress } from "../../client/answers.ts";
import { pointsWith, type SamplePoint } from "./samples.ts";

/** How a request has gone since the page was opened. */
export function useSamples(request: Progress): readonly SamplePoint[] {
  const [points, setPoints] = useState<readonly SamplePoint[]>([]);
  useEffect(() => setPoints((before) => pointsWith(before, request)), [request]);
  return points;
}

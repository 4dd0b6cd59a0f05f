/** What one unit of work costs. */
export interface Units {
  /** CPU of the agent for a small task that is asked for once. */
  readonly agentCpuMicros: number;
  readonly fanOutTasksPerSecond: number;
  readonly aggregationCpuMicros: number;
  readonly getSizeUrlsPerSecond: number;
  /** Of one core, of large objects. */
  readonly largeMBPerSecond: number;
}

/** As the benchmarks measured them on one machine, rounded. A test says when they are no longer near what was measured last. */
export const UNITS: Units = {
  agentCpuMicros: 130,
  fanOutTasksPerSecond: 96_000,
  aggregationCpuMicros: 13,
  getSizeUrlsPerSecond: 10_000,
  largeMBPerSecond: 1_650,
};

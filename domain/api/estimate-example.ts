import type { Estimate } from "../cost/estimate.ts";

/** Two URLs at three POPs. */
export const ESTIMATE_EXAMPLE: Estimate = {
  ...{ urls: 2, variants: 1, tasks: 6, lower_bound: false, sources: [] },
  pops: {
    count: 3,
    recs: [
      { rec: "Ohio", pops: ["ATL56-C1", "DFW55-C3"] },
      { rec: "Singapore", pops: ["SIN2-C1"] },
    ],
    unknown_rec: [],
  },
  bytes: {
    ...{ estimate: 206_052, low: 206_052, high: 206_052 },
    ...{ sampled: 2, unknown: 0, unreadable: 0, first_problem: null, note: "All sizes are known." },
  },
  origin_fetches: { expected: 4, least: 4, most: 4, size_questions: 2 },
  instances: {
    ...{ count: 2, type: "c7gn.large", vcpus: 2, hours: 0.042, minutes_to_finish: 1.3 },
    binds: "instances have to boot",
  },
  dollars: {
    ...{ total: 0.01, low: 0.01, high: 0.01 },
    lines: [{ line: "ec2_spot", dollars: 0.0021, of: "0.04 instance hours of c7gn.large at $0.04992" }],
    prices_as_of: "2026-11",
    not_included: ["Taxes"],
  },
  caps: [{ cap: "maxTasks", value: 6, limit: 10_000_000 }],
  assumptions: ["Every URL can be read and every POP resolves"],
};

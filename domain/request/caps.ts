import * as z from "zod";
import { MAX_INSTANCES, MAX_TIMEOUT_MINUTES } from "../limits.ts";

/** A bound that whoever deploys sets, on what whoever has the key may spend. */
interface Cap {
  /** Variable of the functions that check it. */
  readonly variable: string;
  readonly default: number;
  /** The lowest and the highest value of the parameter. */
  readonly min: number;
  readonly max: number;
  readonly unit: string;
  /** Label of the stack's parameter. */
  readonly label: string;
  /** Description of the stack's parameter. */
  readonly description: string;
}

/** By the names of the stack's parameters. `npm run gen docs` writes them into docs/deploy.md. */
export const CAPS = {
  maxInstances: {
    variable: "MAX_INSTANCES",
    default: 20,
    min: 0,
    max: MAX_INSTANCES,
    unit: "instances",
    label: "Max instances",
    description:
      "Maximum number of instances, regardless of what requests specify; also the maximum size of the Auto Scaling group",
  },
  maxTimeout: {
    variable: "MAX_TIMEOUT",
    default: MAX_TIMEOUT_MINUTES,
    min: 1,
    max: MAX_TIMEOUT_MINUTES,
    unit: "minutes",
    label: "Max timeout",
    description: "Maximum timeout of a request, in minutes",
  },
  maxActiveRequests: {
    variable: "MAX_ACTIVE_REQUESTS",
    default: 20,
    min: 1,
    max: 1_000,
    unit: "active requests",
    label: "Max active requests",
    description: "Maximum number of active requests",
  },
  maxTasks: {
    variable: "MAX_TASKS",
    default: 10_000_000,
    min: 1,
    max: 1_000_000_000,
    unit: "tasks",
    label: "Max tasks",
    description: "Maximum number of tasks in a request: URLs × variants × POPs",
  },
  maxRequestBytes: {
    variable: "MAX_REQUEST_BYTES",
    // CloudFront's price for so much is some hundred dollars.
    default: 10_000_000_000_000,
    min: 1,
    max: 1_000_000_000_000_000,
    unit: "bytes",
    label: "Max bytes",
    description:
      "Maximum number of bytes that a request may transfer in all downloads and checks, as far as sizes are known in advance; a larger request ends as FAILED",
  },
  maxDailyTasks: {
    variable: "MAX_DAILY_TASKS",
    default: 20_000_000,
    min: 1,
    max: 1_000_000_000,
    unit: "tasks",
    label: "Max tasks per day",
    description: "Maximum number of tasks of all requests of a UTC day",
  },
  maxDailyBytes: {
    variable: "MAX_DAILY_BYTES",
    // About 255 dollars of transfer in North America (docs/security.md).
    default: 3_000_000_000_000,
    min: 1,
    max: 1_000_000_000_000_000,
    unit: "bytes",
    label: "Max bytes per day",
    description:
      "Maximum number of bytes that all requests of a UTC day may transfer in downloads and checks: by the known sizes while a request is active, then by what it transferred",
  },
} as const satisfies Record<string, Cap>;

export type CapName = keyof typeof CAPS;
/** Schema of a cap's variable. The stack sets it: a function without it does not start, rather than spend without bound. */
function variableOf({ min }: Cap) {
  return z.coerce.number().int().min(min);
}

/** The variables of the functions that check caps. */
export const capVariables = {
  MAX_INSTANCES: variableOf(CAPS.maxInstances),
  MAX_TIMEOUT: variableOf(CAPS.maxTimeout),
  MAX_ACTIVE_REQUESTS: variableOf(CAPS.maxActiveRequests),
  MAX_TASKS: variableOf(CAPS.maxTasks),
  MAX_REQUEST_BYTES: variableOf(CAPS.maxRequestBytes),
  MAX_DAILY_TASKS: variableOf(CAPS.maxDailyTasks),
  MAX_DAILY_BYTES: variableOf(CAPS.maxDailyBytes),
};

/** The caps of an environment that has {@link capVariables}. */
export function capsOf(env: z.infer<z.ZodObject<typeof capVariables>>) {
  return {
    maxInstances: env.MAX_INSTANCES,
    maxTimeout: env.MAX_TIMEOUT,
    maxActiveRequests: env.MAX_ACTIVE_REQUESTS,
    maxTasks: env.MAX_TASKS,
    maxRequestBytes: env.MAX_REQUEST_BYTES,
    maxDailyTasks: env.MAX_DAILY_TASKS,
    maxDailyBytes: env.MAX_DAILY_BYTES,
  };
}
export type Caps = Readonly<ReturnType<typeof capsOf>>;

/**
 * What is wrong with a value that is beyond a cap: value, cap, and the parameter that sets it. Undefined: nothing.
 * @param field of the request, or what else the value is called
 */
export function beyondCap(caps: Partial<Caps>, name: CapName, field: string, value: number): string | undefined {
  const cap = caps[name];
  if (cap === undefined || value <= cap) return undefined;
  return `${field}: ${value} ${CAPS[name].unit} exceed this deployment's limit of ${cap} (stack parameter ${name})`;
}

/** What the number of tasks is the product of. */
export function taskFactors(hasVariants: boolean): string {
  return hasVariants ? "URLs × variants × POPs" : "URLs × POPs";
}

/**
 * Why a request whose tasks are known has none, or is beyond a cap of the deployment or beyond what its caller allowed.
 * @param totals `transferred`: expected bytes of all downloads and checks
 */
export function planProblem(
  { max_bytes: maxBytes }: { readonly max_bytes?: number | undefined },
  { total_count: tasks, transferred: bytes }: { readonly total_count: number; readonly transferred: number },
  caps: Partial<Caps>,
): string | undefined {
  if (tasks === 0) return "There is nothing to warm: no POP resolved for the distributions of the readable URLs";
  if (maxBytes !== undefined && bytes > maxBytes)
    return `max_bytes: ${bytes} bytes would be transferred, and the request allows ${maxBytes}; nothing was downloaded`;
  return (
    beyondCap(caps, "maxRequestBytes", "transferred_bytes", bytes) ?? beyondCap(caps, "maxTasks", "total_count", tasks)
  );
}

/** The caps of a deployment whose parameters were left as they are. */
export const DEFAULT_CAPS: Caps = {
  maxInstances: CAPS.maxInstances.default,
  maxTimeout: CAPS.maxTimeout.default,
  maxActiveRequests: CAPS.maxActiveRequests.default,
  maxTasks: CAPS.maxTasks.default,
  maxRequestBytes: CAPS.maxRequestBytes.default,
  maxDailyTasks: CAPS.maxDailyTasks.default,
  maxDailyBytes: CAPS.maxDailyBytes.default,
};

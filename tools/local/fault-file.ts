import { readFileSync, statSync } from "node:fs";
import * as z from "zod";
import { pathOf, pathPattern } from "../edge/behaviour.ts";
import type { Fault, FaultHook } from "../edge/faults.ts";

/**
 * The faults of a file, as it is at each request: it may come, change and go while the edge runs.
 * @param say told of each change, and of what is wrong with the file. What cannot be read has no faults
 */
export function faultFile(file: string, say: (line: string) => void): FaultHook {
  let version = "none";
  let hook: FaultHook = () => undefined;
  return (request) => {
    const now = versionOf(file);
    if (now !== version) {
      version = now;
      hook = now === "none" ? gone(say) : read(file, say);
    }
    return hook(request);
  };
}

/** Changes whenever the file is written. */
function versionOf(file: string): string {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat === undefined ? "none" : `${stat.mtimeMs} ${stat.size} ${stat.ino}`;
}

function gone(say: (line: string) => void): FaultHook {
  say("The edge has no faults any more.");
  return () => undefined;
}

function read(file: string, say: (line: string) => void): FaultHook {
  try {
    const hook = faultRules(readFileSync(file, "utf8"));
    say(`The edge has the faults of ${file} from now on.`);
    return hook;
  } catch (error) {
    say(`${file} is not used:\n${error instanceof Error ? error.message : error}`);
    return () => undefined;
  }
}

const count = z.int().nonnegative();

const faultSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("status"), status: z.int().min(200).max(599) }),
  z.strictObject({ kind: z.literal("slow"), ms: count }),
  z.strictObject({ kind: z.literal("drip"), bytesPerSecond: count.min(1) }),
  z.strictObject({ kind: z.literal("stall"), after: count.default(0) }),
  z.strictObject({ kind: z.literal("truncate"), after: count }),
  z.strictObject({ kind: z.literal("reset"), after: count }),
  z.strictObject({ kind: z.literal("otherPop"), pop: z.string().min(1) }),
]) satisfies z.ZodType<Fault>;

/** What goes wrong, and with which downloads: of all paths, at all POPs, if they are not named. */
const rulesSchema = z.array(
  z.strictObject({
    path: z.string().startsWith("/").optional(),
    pops: z.array(z.string().min(1)).min(1).optional(),
    fault: faultSchema,
  }),
);

/**
 * Reads rules as a user writes them, a JSON list. The first that fits a download counts; questions for sizes (HEAD) have no fault,
 * for else a URL would be unreadable, and none of its tasks would be tried.
 * @throws Error that names each field that is wrong
 */
export function faultRules(text: string): FaultHook {
  const read = rulesSchema.safeParse(JSON.parse(text));
  if (!read.success) throw new Error(z.prettifyError(read.error));
  const rules = read.data.map(({ path = "*", pops, fault }) => ({
    path: pathPattern(path),
    pops: pops && new Set(pops.map((pop) => pop.toUpperCase())),
    fault,
  }));
  return ({ method, path, pop }) =>
    method === "GET"
      ? rules.find((rule) => (rule.pops?.has(pop) ?? true) && rule.path.test(pathOf(path)))?.fault
      : undefined;
}

import { readFileSync, statSync } from "node:fs";
import type { FaultHook } from "../edge/faults.ts";
import { faultRules } from "./fault-rules.ts";

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

import { parseTimestamp } from "../../domain/request/timestamps.ts";
import type { Listed } from "../api/answers.ts";
import { useReader } from "../session/reader.ts";

/** The line below the status: what is left, or what is wrong. */
export function useStatusDetail(request: Listed, now: number): string {
  const { say, formats, count } = useReader();
  const { status, estimated_finish_at: finish, failed_count: failed, percentage_complete: percent } = request;
  switch (status) {
    case "CREATED":
    case "EXPANDING":
    case "CHECK_POP":
      return say("startsSoon");
    case "INSERT_TASK":
    case "IN_PROGRESS":
      if (finish === null) return say("noRate");
      return say("aboutLeft", [formats.long(Math.max(1_000, parseTimestamp(finish).getTime() - now))]);
    case "STOPPED":
      return say("byUserAt", [formats.percent(percent)]);
    case "TIMEOUT":
      return say("endedAt", [formats.percent(percent)]);
    case "FAILED":
      return request.reason ?? "";
    case "FINISHED":
      if (failed > 0) return count("failedTasks", failed);
      if (request.hit_count > 0) return say("hitsOnly");
      return request.warm_count < request.download_count ? say("doneOnly") : "";
  }
}

import { grouped } from "../../domain/collections.ts";
import { DeferredError } from "../../domain/origin/origin-limiter.ts";
import type { TaskUrl } from "../../domain/plan/task.ts";
import type { DownloadDeps, MessageJob } from "./message-job.ts";
import { TaskRun } from "./task-run.ts";

/** Finishes every URL of a message, also when another one fails. @returns the errors of those that failed */
export async function downloadMessage(deps: DownloadDeps, job: MessageJob): Promise<unknown[]> {
  await deps.origins.prepare(job.message);
  const errors: unknown[] = [];
  const objects = [...grouped(job.message.urls, ({ url }) => url).values()];
  let open = objects.length;
  await new Promise<void>((resolve) => {
    const onEnd = () => {
      if (--open === 0) resolve();
    };
    if (open === 0) resolve();
    for (const variants of objects) downloadVariants(deps, job, variants, 0, errors, onEnd);
  });
  return errors;
}

/** A cache may respond with one variant to the request for another one, so each waits for the one before, and is deferred with it. */
function downloadVariants(
  deps: DownloadDeps,
  job: MessageJob,
  variants: readonly TaskUrl[],
  index: number,
  errors: unknown[],
  onEnd: () => void,
): void {
  const url = variants[index];
  if (url === undefined) {
    onEnd();
    return;
  }
  const onTaskEnd = (error?: unknown) => {
    if (error === undefined) {
      downloadVariants(deps, job, variants, index + 1, errors, onEnd);
      return;
    }
    if (error instanceof DeferredError) {
      for (const next of variants.slice(index + 1)) job.prefetched.onDequeued(next, false);
      job.deferrals.add(variants.slice(index), error);
    } else errors.push(error);
    onEnd();
  };
  let run: TaskRun;
  try {
    run = new TaskRun(deps, job, url, onTaskEnd);
  } catch (error) {
    // A task that no agent can do. The others of its message go on.
    onTaskEnd(error);
    return;
  }
  run.start();
}

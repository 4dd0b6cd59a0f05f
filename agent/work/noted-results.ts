import type { Ended } from "../../domain/plan/ended.ts";
import type { TaskMessage } from "../../domain/plan/task-message.ts";
import type { TaskResult } from "../../domain/result/task-result.ts";
import type { ResultWriter } from "./result-writer.ts";

/** Writes the results of a message as before, and remembers those that stand. */
export class NotedResults {
  private readonly standing = new Map<string, TaskResult>();

  constructor(private readonly results: Pick<ResultWriter, "write">) {}

  async write(result: TaskResult): Promise<void> {
    await this.results.write(result);
    this.standing.set(nameOf(result), result);
  }

  /** Those of a message's URLs that were written here, in its order. */
  of({ urls }: Pick<TaskMessage, "urls">): Ended[] {
    return urls.flatMap((url) => {
      const result = this.standing.get(nameOf(url));
      return result === undefined ? [] : [{ url, result }];
    });
  }
}

/** A normalised URL has no `#`. */
function nameOf({ url, variant }: { readonly url: string; readonly variant?: string | undefined }): string {
  return variant === undefined ? url : `${url}#${variant}`;
}

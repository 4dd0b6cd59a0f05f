import type { ChildProcess } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { directClient } from "../../../cli/direct/direct.ts";
import type { DirectClient } from "../../../cli/direct/direct-client.ts";
import { RunStore, stateFolder } from "../../../cli/direct/store/run-store.ts";
import type { ReportedResult } from "../../../domain/result/report.ts";
import { type Edge, edgeEnvironment } from "../../edge/edge.ts";
import { RUN } from "../../local/paths.ts";
import { run, start, stop } from "../../local/processes.ts";
import { ROOT } from "../../root.ts";

interface StartedRun {
  readonly child: ChildProcess;
  readonly store: RunStore;
  readonly client: DirectClient;
}

/** The built command in place of a stack: a process for each request, with its state in a folder of its own. This process reads that. */
export class DirectEngine {
  private readonly runs = new Map<string, StartedRun>();
  private readonly env: NodeJS.ProcessEnv;
  private folders = 0;
  private built: Promise<unknown> | undefined;

  constructor(edge: Edge, env: NodeJS.ProcessEnv) {
    const caFile = `${RUN}edge-ca.pem`;
    writeFileSync(caFile, edge.caPem);
    this.env = {
      ...edgeEnvironment(edge, caFile),
      ...env,
    };
  }

  /** How many of them run. */
  get processes(): number {
    return [...this.runs.values()].filter(({ child: it }) => it.exitCode === null && it.signalCode === null).length;
  }

  /** What labs call of the API. One machine downloads, whatever a body says of instances. */
  readonly api = {
    start: async (body: object) => {
      this.built ??= run(process.execPath, [join(ROOT, "tools/release/build-command.js")]);
      await this.built;
      const folder = `${RUN}direct-${++this.folders}`;
      mkdirSync(folder);
      // As on a stack, the origin has no limit that the body does not say.
      const whole = { origin: {}, ...body, client_token: undefined, instance_count: 1 };
      writeFileSync(join(folder, "body.json"), JSON.stringify(whole));
      const env = { ...this.env, HOME: folder, XDG_STATE_HOME: folder };
      const words = ["warm", "--direct", "--yes", "--from", join(folder, "body.json")];
      const log = join(folder, "log");
      const child = start(process.execPath, [join(ROOT, "cli/dist/prewarm.cjs"), ...words], env, log);
      const store = new RunStore(stateFolder(env));
      for (;;) {
        const [item] = await store.all();
        if (item !== undefined) {
          this.runs.set(item.req_id, { child, store, client: directClient({ env }) });
          return { value: { request_id: item.req_id } };
        }
        if (child.exitCode !== null) throw new Error(`The command ended: ${readFileSync(log, "utf8")}`);
        await sleep(50);
      }
    },
    progress: (id: string) => this.runOf(id).client.progress(id),
    summary: (id: string) => this.runOf(id).client.summary(id),
    stop: (id: string) => this.runOf(id).client.stop(id),
    setInstances: () => Promise.reject<never>(new Error("A direct run has no instances")),
  };

  /** The newest of each task. */
  async results(id: string): Promise<ReportedResult[]> {
    const results = new Map<string, ReportedResult>();
    for await (const result of this.runOf(id).store.journal(id).newestFirst()) {
      const task = [result.pop, result.url, result.variant].join(" ");
      if (!results.has(task)) results.set(task, result);
    }
    return [...results.values()];
  }

  async close(): Promise<void> {
    for (const { child } of this.runs.values()) await stop(child);
  }

  private runOf(id: string): StartedRun {
    const found = this.runs.get(id);
    if (found === undefined) throw new Error(`There is no run ${id}`);
    return found;
  }
}

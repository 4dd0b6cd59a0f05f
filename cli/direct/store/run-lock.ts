import { randomUUID } from "node:crypto";
import { link, readdir, readFile, rm, stat, truncate, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { shortId } from "../../../client/request-ids.ts";
import { errorCode } from "../../../domain/net/resolver.ts";
import { CommandError } from "../../command-error.ts";

/** The locks of a run are numbered: `lock.1`, `lock.2`, … */
const LOCK = /^lock\.(\d+)$/;
/** Of a process whose start nobody can tell, the lock is refreshed so often, and counts so long. */
const REFRESH_MS = 10_000;
const STALE_MS = 60_000;

/** When a process began, in any form: it tells it from another one that has its id later. Undefined: nobody can say. */
export type StartTimeOf = (pid: number) => Promise<string | undefined>;

/**
 * The right to work on a run: one process has it. A lock is a file in the run's folder with the id of its process, and the one with the last
 * number counts. Of several processes that find the last one without a living process, one makes the next lock. The last lock stays when it
 * is given back, without its process: so a number that was there never comes again.
 */
export class RunLock {
  constructor(
    private readonly folder: string,
    private readonly reqId: string,
    private readonly startTimeOf: StartTimeOf = startTimeInProc,
  ) {}

  /** @returns gives it back @throws CommandError if another process has it */
  async take(): Promise<() => Promise<void>> {
    // Written before it has its name: a lock that is there names its process.
    const own = join(this.folder, `${randomUUID()}.part`);
    const start = await this.startTimeOf(process.pid);
    await writeFile(own, [process.pid, start].join(" ").trim(), { mode: 0o600 });
    const file = await this.makeNext(own).finally(() => rm(own, { force: true }));
    const refresh = () => void utimes(file, new Date(), new Date()).catch(() => undefined);
    const timer = start === undefined ? setInterval(refresh, REFRESH_MS).unref() : undefined;
    return async () => {
      clearInterval(timer);
      await truncate(file).catch(() => undefined);
    };
  }

  /** The id of the process that has it; undefined: none does. */
  async holder(): Promise<number | undefined> {
    return this.holderOf(Math.max(0, ...(await this.numbers())));
  }

  /** @param own becomes the next lock @returns that @throws CommandError if a process has the last one */
  private async makeNext(own: string): Promise<string> {
    for (;;) {
      const last = Math.max(0, ...(await this.numbers()));
      const holder = await this.holderOf(last);
      if (holder !== undefined)
        throw new CommandError(
          `the run ${this.reqId} is in progress in process ${holder}`,
          (command) => `Wait until it ends, or stop it: ${command("stop", shortId(this.reqId))}`,
        );
      const isMade = await link(own, this.file(last + 1)).then(
        () => true,
        (error: unknown) => {
          if (errorCode(error) !== "EEXIST") throw error;
          return false;
        },
      );
      if (!isMade) continue;
      const numbers = await this.numbers();
      // If its number had been removed after the last one was read, there are later ones.
      const isLast = Math.max(...numbers) === last + 1;
      for (const number of numbers.filter((it) => (isLast ? it <= last : it === last + 1)))
        await rm(this.file(number), { force: true });
      if (isLast) return this.file(last + 1);
    }
  }

  private async numbers(): Promise<number[]> {
    const names = await readdir(this.folder).catch(() => []);
    return names.flatMap((name) => LOCK.exec(name)?.slice(1).map(Number) ?? []);
  }

  private file(number: number): string {
    return join(this.folder, `lock.${number}`);
  }

  private async holderOf(number: number): Promise<number | undefined> {
    const file = this.file(number);
    const [id = "", start] = (await readFile(file, "utf8").catch(() => "")).split(" ");
    const pid = Number(id);
    if (!Number.isInteger(pid) || pid <= 0 || !isAlive(pid)) return undefined;
    // The id of a process that is gone is given to another one.
    const isSame = start === undefined ? await isRefreshed(file) : (await this.startTimeOf(pid)) === start;
    return isSame ? pid : undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // It is there, and another user's.
    return errorCode(error) === "EPERM";
  }
}

/** The start of a process as Linux counts it, in ticks since the machine's: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
async function startTimeInProc(pid: number): Promise<string | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  // The second field is a name in parentheses, which may have any character.
  return text
    .slice(text.lastIndexOf(")") + 2)
    .split(" ")
    .at(22 - 3);
}

async function isRefreshed(file: string): Promise<boolean> {
  const { mtimeMs } = await stat(file).catch(() => ({ mtimeMs: 0 }));
  return Date.now() - mtimeMs < STALE_MS;
}

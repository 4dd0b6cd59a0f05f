import { createReadStream, createWriteStream } from "node:fs";
import { chmod, mkdir, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { CsvError, parse } from "csv-parse";
import * as z from "zod";
import { isWholeId } from "../../../client/request-ids.ts";
import { textOfField } from "../../../domain/csv.ts";
import { errorCode } from "../../../domain/net/resolver.ts";
import { csvBlocks, type ReadableList, type RequestFiles, type WritableList } from "../../../domain/plan/lists.ts";
import { type Target, targetSchema } from "../../../domain/plan/target.ts";
import { UnreadableRowError } from "../../../domain/plan/task.ts";
import { type Heartbeat, heartbeatSchema } from "../../../domain/request/progress.ts";
import { type RequestItem, requestItemSchema } from "../../../domain/request/request-item.ts";
import { KEEP_DAYS, parseTimestamp } from "../../../domain/timestamps.ts";
import { CommandError } from "../../command-error.ts";
import { Journal } from "./journal.ts";
import { RunLock, type StartTimeOf } from "./run-lock.ts";

/** Of the files of a run. One of another number is of another release. */
const FORMAT = 1;
const BODY = "request.json";
const ITEM = "run.json";
const TARGETS = "targets.json";
const HEARTBEAT = "heartbeat.json";
/** A file of the root, which belongs to no run. */
const DISCOVERED = "discovered-pops.json";
/** Ends the name of a file that is being written, and of a folder that is being made or removed. */
const PART = ".part";

const runSchema = z.object({ format: z.literal(FORMAT), item: requestItemSchema });
const bodySchema = z.record(z.string(), z.unknown());
const targetsSchema = z.array(targetSchema);

/** `$XDG_STATE_HOME/prewarm`: https://specifications.freedesktop.org/basedir-spec/latest/ */
export function stateFolder({ XDG_STATE_HOME: state = "" }: Readonly<Record<string, string | undefined>>): string {
  // The specification ignores a relative path.
  return join(state.startsWith("/") ? state : join(homedir(), ".local", "state"), "prewarm");
}

/** A file that is not there, under the name that S3 has for it: `isMissing` of domain/plan/lists.ts knows it. */
class MissingFileError extends Error {
  override readonly name = "NoSuchKey";
}

/**
 * Runs on disk, one folder each, which only its user may read: the body as it was sent, the request's item, its targets, its results, and
 * the lists and files that a stack keeps in its bucket.
 */
export class RunStore implements RequestFiles {
  /** @param startTimeOf @default that of this machine */
  constructor(
    readonly root: string,
    private readonly startTimeOf?: StartTimeOf,
  ) {}

  /** @throws CommandError if the folder cannot be written */
  async create(item: RequestItem, body: unknown): Promise<void> {
    const folder = this.folderOf(item.req_id);
    const part = folder + PART;
    try {
      await mkdir(part, { recursive: true, mode: 0o700 });
      // A folder that was there may have had other rights.
      await chmod(this.root, 0o700);
      await writeWhole(join(part, BODY), JSON.stringify(body));
      await writeWhole(join(part, ITEM), textOfItem(item));
      // So a folder that has the name of a run has its item.
      await rename(part, folder);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new CommandError(
        `the run cannot be stored in ${this.root}: ${why}`,
        "Set XDG_STATE_HOME to a folder that you may write to.",
        { cause },
      );
    }
  }

  /** Removes from the body what may be secret and is needed no more: a stack does not keep it either once a request has ended. */
  async redact(reqId: string): Promise<void> {
    const body = await this.readJson(reqId, BODY, bodySchema);
    if (body === undefined) return;
    const { header: _, variants: __, sources: ___, ...rest } = body;
    await writeWhole(join(this.folderOf(reqId), BODY), JSON.stringify(rest));
  }

  async save(item: RequestItem): Promise<void> {
    await writeWhole(join(this.folderOf(item.req_id), ITEM), textOfItem(item));
  }

  /** @returns undefined if there is no such run @throws CommandError if its folder is damaged, or no run's */
  async get(reqId: string): Promise<RequestItem | undefined> {
    return (await this.readJson(reqId, ITEM, runSchema))?.item;
  }

  /** All runs, the newest first. @param onDamaged called with what is wrong with a folder that is left out */
  async all(onDamaged: (problem: string) => void = () => undefined): Promise<RequestItem[]> {
    const items: RequestItem[] = [];
    for (const name of (await this.names()).filter((it) => isWholeId(it)))
      try {
        const item = await this.get(name);
        if (item !== undefined) items.push(item);
        // Unless it was removed meanwhile.
        else if ((await writtenAt(this.folderOf(name))) !== undefined) throw damaged(join(this.folderOf(name), ITEM));
      } catch (error) {
        onDamaged(error instanceof Error ? error.message : String(error));
      }
    return items.toSorted((a, b) => (a.created_at < b.created_at ? 1 : -1));
  }

  /** Removes runs that are older than what a stack keeps, and what is left of damaged ones. One that is in progress stays. */
  async removeOld(now: number): Promise<void> {
    for (const name of await this.names()) {
      const reqId = name.replace(PART, "");
      if (!isWholeId(reqId)) continue;
      const item = await this.get(reqId).catch(() => undefined);
      const at = item === undefined ? await writtenAt(join(this.root, name)) : parseTimestamp(item.created_at);
      if (at === undefined || now - at < KEEP_DAYS * 86_400_000) continue;
      if ((await this.lockHolder(reqId)) === undefined) await this.remove(reqId);
    }
  }

  async remove(reqId: string): Promise<void> {
    const folder = this.folderOf(reqId);
    await rename(folder, folder + PART).catch(() => undefined);
    for (const left of [folder, folder + PART]) await rm(left, { recursive: true, force: true });
  }

  private async names(): Promise<string[]> {
    return readdir(this.root).catch(() => []);
  }

  /** The targets of a run; none before they are resolved. */
  async targets(reqId: string): Promise<Target[]> {
    return (await this.readJson(reqId, TARGETS, targetsSchema)) ?? [];
  }

  /** In the order of the sort key, as a stack's table returns them: so answers name POPs and RECs in the same order. */
  async putTargets(reqId: string, targets: readonly Target[]): Promise<void> {
    const inOrder = targets.toSorted((a, b) => (a.target < b.target ? -1 : 1));
    await writeWhole(join(this.folderOf(reqId), TARGETS), JSON.stringify(inOrder));
  }

  /** What the process that works on a run last said of it, for others that are asked. */
  async heartbeat(reqId: string): Promise<Heartbeat | undefined> {
    return this.readJson(reqId, HEARTBEAT, heartbeatSchema);
  }

  async putHeartbeat(reqId: string, heartbeat: Heartbeat): Promise<void> {
    await writeWhole(join(this.folderOf(reqId), HEARTBEAT), JSON.stringify(heartbeat));
  }

  /** The list of POPs that the last discovery wrote. */
  async discoveredPops(): Promise<string | undefined> {
    return textOf(join(this.root, DISCOVERED));
  }

  async putDiscoveredPops(text: string): Promise<void> {
    await writeWhole(join(this.root, DISCOVERED), text);
  }

  journal(reqId: string): Journal {
    return new Journal(join(this.folderOf(reqId), "results.jsonl"));
  }

  /** Takes the right to work on a run. @returns gives it back @throws CommandError if another process has it */
  lock(reqId: string): Promise<() => Promise<void>> {
    return this.lockOf(reqId).take();
  }

  /** The id of the process that works on a run; undefined: none does. */
  lockHolder(reqId: string): Promise<number | undefined> {
    return this.lockOf(reqId).holder();
  }

  private lockOf(reqId: string): RunLock {
    return new RunLock(this.folderOf(reqId), reqId, this.startTimeOf);
  }

  /** Where a list or a file is: `<id>.csv` and `<id>/<name>` of the bucket are files of the run's folder. */
  pathOf(key: string): string {
    return key.includes("/") ? join(this.root, key) : join(this.root, key.replace(/\.csv$/, ""), "urls.csv");
  }

  async *read<T>(list: ReadableList<T>, reqId: string): AsyncGenerator<T> {
    const path = this.pathOf(list.key(reqId));
    const file = createReadStream(path);
    const parser = file.pipe(parse({ from_line: list.hasHeader === true ? 2 : 1 }));
    file.on("error", (error) => parser.destroy(error));
    try {
      for await (const row of parser) yield list.fromRow((row as string[]).map(textOfField));
    } catch (cause) {
      if (cause instanceof CsvError) throw new UnreadableRowError(`${path}: ${cause.message}`, { cause });
      throw isAbsent(cause) ? new MissingFileError(`${path} does not exist`, { cause }) : cause;
    } finally {
      file.destroy();
    }
  }

  async write<T>(list: WritableList<T>, reqId: string, entries: AsyncIterable<T> | Iterable<T>): Promise<void> {
    await writeStreamed(this.pathOf(list.key(reqId)), csvBlocks(list, entries));
  }

  async put(key: string, bytes: Uint8Array): Promise<void> {
    await writeWhole(this.pathOf(key), bytes);
  }

  async join(key: string, segments: readonly string[], last: Uint8Array): Promise<void> {
    const paths = segments.map((it) => this.pathOf(it));
    await writeStreamed(this.pathOf(key), joined(paths, last));
    for (const path of paths) await rm(path, { force: true });
  }

  async delete({ key }: { readonly key: (reqId: string) => string }, reqId: string): Promise<void> {
    await rm(this.pathOf(key(reqId)), { force: true });
  }

  // A step is not cut into several runs here.
  async readCheckpoint(): Promise<undefined> {}
  async writeCheckpoint(): Promise<void> {}

  private folderOf(reqId: string): string {
    if (!isWholeId(reqId))
      throw new CommandError(
        `'${reqId}' is not the ID of a run`,
        (command) => `\`${command("list")}\` shows the runs.`,
      );
    return join(this.root, reqId);
  }

  private async readJson<T>(reqId: string, name: string, schema: z.ZodType<T>): Promise<T | undefined> {
    const path = join(this.folderOf(reqId), name);
    const text = await textOf(path);
    if (text === undefined) return undefined;
    try {
      return schema.parse(JSON.parse(text));
    } catch (cause) {
      throw damaged(path, cause);
    }
  }
}

function damaged(path: string, cause?: unknown): CommandError {
  return new CommandError(
    `${path} is ${cause === undefined ? "missing" : "damaged, or of another release of this command"}`,
    `To delete the run, remove its folder: ${dirname(path)}`,
    { cause },
  );
}

function textOfItem(item: RequestItem): string {
  return JSON.stringify({ format: FORMAT, item });
}

/** When something in a folder was last made or removed; undefined: there is none. */
async function writtenAt(folder: string): Promise<number | undefined> {
  return stat(folder).then(
    ({ mtimeMs }) => mtimeMs,
    () => undefined,
  );
}

async function* joined(paths: readonly string[], last: Uint8Array): AsyncGenerator<Uint8Array> {
  for (const path of paths) yield* createReadStream(path);
  yield last;
}

/** A file that is there is whole. */
async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  await writeStreamed(path, [content]);
}

async function writeStreamed(
  path: string,
  pieces: AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>,
): Promise<void> {
  const part = path + PART;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await pipeline(Readable.from(pieces, { objectMode: false }), createWriteStream(part, { mode: 0o600 }));
  await rename(part, path);
}

async function textOf(path: string): Promise<string | undefined> {
  return readFile(path, "utf8").catch((error: unknown) => {
    if (isAbsent(error)) return undefined;
    throw error;
  });
}

/** Whether a file is absent. `ENOTDIR`: so is the folder that its path names. */
function isAbsent(error: unknown): boolean {
  return ["ENOENT", "ENOTDIR"].includes(errorCode(error));
}

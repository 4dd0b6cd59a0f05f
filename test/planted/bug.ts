import { readdir, readFile } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import * as z from "zod";

/** The root of the repository. */
export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** Each of its subfolders holds the bugs of one area, one file each, named after what breaks. */
const PLANTED = fileURLToPath(new URL(".", import.meta.url));

const changeSchema = z.strictObject({
  /** Path from the root of the repository. */
  file: z.string().min(1),
  /** Text that occurs exactly once in the file. A short, distinctive one survives most edits around it. */
  find: z.string().min(1),
  replace: z.string(),
});
export type Change = Readonly<z.infer<typeof changeSchema>>;

/** One bug, as the default export of its file. */
export const bugSchema = z.strictObject({
  /** What must hold, in one sentence. */
  invariant: z.string().min(1),
  /** What the bug does, in one sentence. It stays when code moves; the changes are regenerated. */
  description: z.string().min(1),
  changes: z.array(changeSchema).min(1).readonly(),
  /** Must pass without the changes, and must fail with them because a test failed. Name one project and one file. */
  command: z.tuple([z.literal("npx"), z.literal("vitest"), z.literal("run")], z.string()).readonly(),
  /** Why a hang is what the bug causes, so that its test detects it by vitest's timeout. Without it, a timeout shows nothing. */
  expectsTimeout: z.string().min(1).optional(),
  /**
   * Why today's code has this bug, and what removes it. The command's test is then marked `test.fails`, and the changes
   * remove that mark: so they show that the test detects the bug.
   */
  pendingUntil: z.string().min(1).optional(),
});
export type Bug = Readonly<z.infer<typeof bugSchema>>;

export interface NamedBug extends Bug {
  readonly area: string;
  readonly name: string;
}

/** @throws Error for a file that is not a bug */
export async function loadBugs(folder = PLANTED): Promise<NamedBug[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const areas = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const inAreas = await Promise.all(
    areas.toSorted().map(async (area) => {
      const files = (await readdir(join(folder, area))).filter((file) => file.endsWith(".ts"));
      return Promise.all(files.toSorted().map((file) => load(folder, join(folder, area, file))));
    }),
  );
  return inAreas.flat();
}

async function load(folder: string, file: string): Promise<NamedBug> {
  const exported: unknown = await import(pathToFileURL(file).href);
  const parsed = z.object({ default: bugSchema }).safeParse(exported);
  if (!parsed.success) throw new Error(`${relative(folder, file)} is not a bug: ${z.prettifyError(parsed.error)}`);
  return { ...parsed.data.default, area: basename(dirname(file)), name: basename(file, ".ts") };
}

/** A change no longer fits the code: it must be regenerated, or the bug no longer exists. */
export class ChangeError extends Error {
  override readonly name = "ChangeError";
}

/** @throws ChangeError unless the text to find occurs exactly once, and the change alters it */
export function applyChange(text: string, { file, find, replace }: Change): string {
  const times = text.split(find).length - 1;
  const what = `${JSON.stringify(find)} in ${file}`;
  if (times !== 1) throw new ChangeError(`found ${times} times, must be found once: ${what}. Regenerate the change.`);
  if (find === replace) throw new ChangeError(`the change does not alter ${what}`);
  return text.replace(find, () => replace);
}

/** The files that a bug alters, with their text. @throws ChangeError */
export async function alteredFiles({ changes }: Pick<Bug, "changes">, root = ROOT): Promise<Map<string, string>> {
  const altered = new Map<string, string>();
  for (const change of changes) {
    const { file } = change;
    const text = altered.get(file) ?? (await readText(join(root, file), file));
    altered.set(file, applyChange(text, change));
  }
  return altered;
}

async function readText(path: string, file: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw new ChangeError(`cannot read ${file}. Regenerate the change.`, { cause });
  }
}

import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import * as z from "zod";

/** The root of the repository. */
export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** Each of its files holds the bugs of one area. */
const BUGS = fileURLToPath(new URL("bugs", import.meta.url));

const changeSchema = z.strictObject({
  /** Path from the root of the repository. */
  file: z.string().min(1),
  /** Text that occurs exactly once in the file. A short, distinctive one survives most edits around it. */
  find: z.string().min(1),
  replace: z.string(),
});
export type Change = Readonly<z.infer<typeof changeSchema>>;

const bugSchema = z.strictObject({
  /** What must hold, in one sentence. */
  invariant: z.string().min(1),
  /** What the bug does, in one sentence. It stays when code moves; the changes are regenerated. */
  description: z.string().min(1),
  /** A test file that must pass without the changes, and must fail with them because a test failed. */
  test: z.string().min(1),
  /** The project of vitest that has the file. */
  project: z.string().min(1).optional(),
  changes: z.array(changeSchema).min(1).readonly(),
});
type Bug = Readonly<z.infer<typeof bugSchema>>;
/** Most bugs are one change, which stands in the place of a list of one. */
const oneChangeSchema = bugSchema
  .omit({ changes: true })
  .extend(changeSchema.shape)
  .transform(({ file, find, replace, ...bug }) => ({ ...bug, changes: [{ file, find, replace }] }));

/** The bugs of one area by their names, as the default export of a file. A bug is named after what breaks. */
const bugsSchema = z.record(z.string(), z.union([bugSchema, oneChangeSchema]));
export type Bugs = Readonly<z.input<typeof bugsSchema>>;

export interface NamedBug extends Bug {
  readonly area: string;
  readonly name: string;
}

/** Arguments of the vitest that runs the tests of bugs. */
export function vitestArgs(...bugs: readonly Bug[]): readonly string[] {
  const projects = new Set(bugs.map(({ project = "unit*" }) => `--project=${project}`));
  return ["run", ...projects, ...new Set(bugs.map(({ test }) => test))];
}

/** @throws Error for a file that does not hold bugs */
export async function loadBugs(folder = BUGS): Promise<NamedBug[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith(".ts")).toSorted();
  return (await Promise.all(files.map((file) => load(folder, file)))).flat();
}

async function load(folder: string, file: string): Promise<NamedBug[]> {
  const exported: unknown = await import(pathToFileURL(join(folder, file)).href);
  const parsed = z.object({ default: bugsSchema }).safeParse(exported);
  if (!parsed.success) throw new Error(`${file} does not hold bugs: ${z.prettifyError(parsed.error)}`);
  const area = basename(file, ".ts");
  return Object.entries(parsed.data.default).map(([name, bug]) => ({ ...bug, area, name }));
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

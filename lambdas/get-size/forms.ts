import type { TaskUrl } from "../../domain/plan/task-url.ts";
import type { UnreadableUrl } from "../../domain/result/input-failures.ts";
import type { Unreadable } from "../../probe/size/size-answer.ts";
import type { Size } from "../../probe/size/size-probe.ts";

/** What asking for a URL came to, form by form. */
export interface Forms {
  /** In the order of the variants. */
  readonly good: readonly TaskUrl[];
  readonly bad: readonly UnreadableUrl[];
  /** How many of the good ones are taken for good, because they had not answered when the time was over. */
  readonly unasked: number;
  /** The header that may keep the object out of caches, in one form at least. */
  readonly obstacle: string | undefined;
}

/**
 * @param names of the variants that were asked; `undefined` alone: there are none
 * @param answers one for each; undefined: none came in time
 * @param all names of the request's variants
 */
export function formsOf(
  url: string,
  names: readonly (string | undefined)[],
  answers: readonly (Size | undefined)[],
  all: readonly (string | undefined)[],
): Forms {
  const good: TaskUrl[] = [];
  const bad: BadForm[] = [];
  for (const [i, variant] of names.entries()) {
    const answer = answers[i];
    if (answer !== undefined && "problem" in answer) bad.push({ ...answer, variant });
    else good.push({ url, bytes: answer?.size ?? null, ...(variant === undefined ? {} : { variant }) });
  }
  const obstacles = answers.flatMap((it) => (it !== undefined && "size" in it && it.obstacle ? [it.obstacle] : []));
  return {
    good,
    bad: badForms(url, bad, names, all),
    unasked: answers.filter((it) => it === undefined).length,
    obstacle: obstacles[0],
  };
}

type BadForm = Unreadable & { readonly variant: string | undefined };

function badForms(
  url: string,
  bad: readonly BadForm[],
  names: readonly (string | undefined)[],
  all: readonly (string | undefined)[],
): readonly UnreadableUrl[] {
  const [first] = bad;
  if (first === undefined || !sameInAll(bad, names.length)) return bad.map((it) => toFailed(url, it));
  const { variant: _, ...unreadable } = first;
  return badIn(url, unreadable, names, all);
}

/** A URL that is bad in all forms that were asked: one entry, if these are all that the request has. */
export function badIn(
  url: string,
  unreadable: Unreadable,
  names: readonly (string | undefined)[],
  all: readonly (string | undefined)[],
): UnreadableUrl[] {
  if (names.length < all.length) return names.map((variant) => toFailed(url, { ...unreadable, variant }));
  return [toFailed(url, { ...unreadable, variant: undefined })];
}

function sameInAll(bad: readonly { readonly problem: string }[], forms: number): boolean {
  return bad.length === forms && bad.every(({ problem }) => problem === bad[0]?.problem);
}

function toFailed(url: string, { variant, ...unreadable }: BadForm): UnreadableUrl {
  return { url, ...unreadable, ...(variant === undefined ? {} : { variant }) };
}

import { MAX_URLS } from "../../domain/limits.ts";
import { normalizeUrl } from "../../domain/net/urls.ts";

export interface BadLine {
  /** From 1. */
  readonly line: number;
  readonly text: string;
  /** In English, as the API would say it. */
  readonly problem: string;
}

export interface UrlLines {
  /** Each different one once, as it was typed. */
  readonly urls: readonly string[];
  readonly bad: readonly BadLine[];
  /** Lines that name a URL which was there before. */
  readonly duplicates: number;
  readonly lines: number;
  readonly isTooMany: boolean;
}

/** What each line came to: a text that is typed on has the same lines as before, but for one. */
const seen = new Map<string, ReturnType<typeof normalizeUrl>>();
const MAX_SEEN = 200_000;

/** A URL a line. Empty lines, and what follows `#` at a line's begin, are no URLs. */
export function readUrlLines(text: string): UrlLines {
  const lines = text.split(/\r?\n/);
  const urls = new Map<string, string>();
  const bad: BadLine[] = [];
  let duplicates = 0;
  lines.forEach((line, i) => {
    const trimmed = line.trim();
    if (trimmed === "" || trimmed.startsWith("#")) return;
    const result = looked(trimmed);
    if ("problem" in result) bad.push({ line: i + 1, text: trimmed, problem: result.problem });
    else if (urls.has(result.url)) duplicates++;
    else urls.set(result.url, trimmed);
  });
  return { urls: [...urls.values()], bad, duplicates, lines: lines.length, isTooMany: urls.size > MAX_URLS };
}

/** The text without the lines that name any of these URLs. @param urls as the API writes them */
export function withoutUrls(text: string, urls: ReadonlySet<string>): string {
  const names = (line: string) => {
    const result = looked(line.trim());
    return "url" in result && urls.has(result.url);
  };
  return text
    .split(/\r?\n/)
    .filter((line) => !names(line))
    .join("\n");
}

function looked(line: string): ReturnType<typeof normalizeUrl> {
  const before = seen.get(line);
  if (before !== undefined) return before;
  if (seen.size >= MAX_SEEN) seen.clear();
  const result = normalizeUrl(line);
  seen.set(line, result);
  return result;
}

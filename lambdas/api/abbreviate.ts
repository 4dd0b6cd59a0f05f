/** The beginning of what a caller sent, for an answer that names it. */
export function abbreviate(text: string): string {
  return text.length > 100 ? `${text.slice(0, 97)}...` : text;
}

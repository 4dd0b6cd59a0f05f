/** The first of the sentences that it may have. */
export function firstSentence(text: string): string {
  return /^.+?(?:[。！]|\.(?=\s|$))/s.exec(text)?.[0] ?? text;
}

/**
 * The sentence in two parts: what matters first, and what explains it. `On time: about 6 min left.` and `Done by 19:52 …`;
 * `Not ready for traffic:` and the reason.
 */
export function sentenceParts(sentence: string): readonly [head: string, rest: string] {
  const [, full, afterFull] = /^(.+?[.。！])\s*(.+)$/s.exec(sentence) ?? [];
  if (full !== undefined && afterFull !== undefined) return [full, afterFull];
  const [, colon, afterColon] = /^(.+?[:：])\s*(.+)$/s.exec(sentence) ?? [];
  return colon === undefined || afterColon === undefined ? [sentence, ""] : [colon, afterColon];
}

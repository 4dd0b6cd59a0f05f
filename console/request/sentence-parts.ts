/** The first of the sentences that it may have. */
export function firstSentence(text: string): string {
  return /^.+?(?:[。！]|\.(?=\s|$))/s.exec(text)?.[0] ?? text;
}

/** Where the first part ends: a point or a colon within a host name or a time is no end. */
const SENTENCE = /^(.+?(?:[。！]|\.(?=\s)))\s*(.+)$/s;
const COLON = /^(.+?(?:：|:(?=\s)))\s*(.+)$/s;
const EITHER = /^(.+?(?:[。！：]|[.:](?=\s)))\s*(.+)$/s;

/**
 * The sentence in two parts: what matters first, and what explains it. While a request runs `On time: about 6 min left.` and `Done by 19:52 …`;
 * at its end the verdict, `Not ready for traffic:`, and all of its reasons.
 */
export function sentenceParts(sentence: string, isEnded: boolean): readonly [head: string, rest: string] {
  const found = isEnded ? EITHER.exec(sentence) : (SENTENCE.exec(sentence) ?? COLON.exec(sentence));
  const [, head = sentence, rest = ""] = found ?? [];
  return [head, rest];
}

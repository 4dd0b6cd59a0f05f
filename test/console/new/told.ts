// Provides what the form of the console shows of an answer to POST /prewarm.
import { createElement } from "preact";
import { renderToString } from "preact-render-to-string";
import { estimatedSchema } from "../../../client/answers.ts";
import { faultsOf, NO_FAULTS, withHints } from "../../../console/new/faults.ts";
import { SendBar } from "../../../console/new/send-bar.tsx";
import { NOTHING } from "../../../console/new/use-estimate.ts";
import { ReaderContext, readerOf } from "../../../console/session/reader.ts";
import { fieldInChinese, findingInChinese } from "../../../console/words/api-chinese.ts";
import type { ROWS } from "../../distribution-rows.ts";

/** An answer of POST /prewarm. */
interface Told {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What an answer says beside figures: why it is a refusal, or its warnings. */
export function textsOf({ status, body: { warnings = [], error_message } }: Told): string[] {
  return (status === 200 ? [warnings].flat() : [error_message]).map(String);
}

/** What the form of the console shows of an answer to its dry run, as text. */
export function shownInConsole(told: Told, language: "en" | "zh"): string {
  const reader = readerOf({ language, theme: "auto", shortcuts: false });
  const refused = told.status === 200 ? NO_FAULTS : faultsOf(textsOf(told).join());
  const faults = language === "zh" ? withHints(refused, fieldInChinese, findingInChinese) : refused;
  const value = told.status === 200 ? estimatedSchema.parse(told.body) : undefined;
  const estimated = { ...NOTHING, value, faults };
  const unused = {
    unreadable: { listed: 0, onRemove: () => undefined },
    off: undefined,
    hasInput: true,
    onSend: () => undefined,
    onNext: () => undefined,
  };
  vi.stubGlobal("location", new URL("https://api.example.com/prod/console"));
  const bar = createElement(SendBar, { json: "{}", estimated, ...unused });
  return renderToString(createElement(ReaderContext.Provider, { value: reader }, bar))
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&lt;", "<")
    .replaceAll("&amp;", "&");
}

/** Expects that an answer says what a row has, and that the console shows it, in Chinese with what it means. */
export function expectTold(told: Told, [, , code, text]: (typeof ROWS)[number]): void {
  // The edge may refuse to tell sizes for the same reason.
  const texts = textsOf(told).filter((it) => !it.startsWith("url_list: "));
  expect(texts).toEqual(
    code === undefined ? [] : [expect.stringMatching(new RegExp(`^${code}: .*${text.source}`, "s"))],
  );
  for (const language of ["en", "zh"] as const) {
    const shown = shownInConsole(told, language);
    for (const one of texts) {
      expect(shown).toContain(one);
      if (language === "zh") expect(shown).toContain(findingInChinese(one));
    }
  }
}

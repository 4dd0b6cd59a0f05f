import { expect, it } from "vitest";
import { duration, MESSAGE_FORMATTERS, TEXTS } from "../../../domain/readiness/messages.ts";

const placeholdersOf = (text: string) =>
  [...new Set([...text.matchAll(/\{(\w+)(?:,|\})/g)].map(([, name]) => name))].sort();

it.each(Object.keys(TEXTS.en) as (keyof typeof TEXTS.en)[])(
  "%s has the same placeholders in both languages, and its forms are those of the language",
  (name) => {
    // `more` counts only in English, and `count` only in Chinese.
    const shared = (text: string) => placeholdersOf(text).filter((it) => it !== "more" && it !== "count");
    expect(shared(TEXTS.zh[name])).toEqual(shared(TEXTS.en[name]));
    for (const [forms] of TEXTS.en[name].matchAll(/plural,[^}]*\}[^}]*\}/g)) expect(forms).toMatch(/one \{.*other \{/);
    expect(TEXTS.zh[name]).not.toContain("plural");
  },
);

it("fills in numbers by language, and the form of the number", () => {
  expect(MESSAGE_FORMATTERS.en("pausedWhileRunning", { running: 1, waiting: 1_234 })).toBe(
    "Paused: no instance is wanted. 1 task is still running, for up to a minute after their instances are told to stop; 1,234 tasks wait.",
  );
  expect(MESSAGE_FORMATTERS.zh("notTried", { count: 1_234 })).toBe("1,234 个任务未尝试。");
});

it.each([
  [1, "10 s", "10 秒"],
  [50_001, "1 min", "1 分钟"],
  [3_600_000, "1 h", "1 小时"],
  [3_660_000, "1 h 1 min", "1 小时 1 分钟"],
  [172_800_000, "2 days", "2 天"],
  [183_600_000, "2 days 3 h", "2 天 3 小时"],
])("%d ms are %s", (ms, en, zh) => {
  expect(duration(MESSAGE_FORMATTERS.en, ms)).toBe(en);
  expect(duration(MESSAGE_FORMATTERS.zh, ms)).toBe(zh);
});

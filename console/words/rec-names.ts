import type { RecName } from "../../domain/pops/recs.ts";
import type { Language } from "../../domain/readiness/language.ts";
import { useReader } from "../session/reader.ts";

const ZH: Readonly<Record<RecName, string>> = {
  "N. Virginia": "弗吉尼亚北部",
  Ohio: "俄亥俄",
  "N. California": "加利福尼亚北部",
  Oregon: "俄勒冈",
  "Sao Paulo": "圣保罗",
  Frankfurt: "法兰克福",
  Ireland: "爱尔兰",
  London: "伦敦",
  Mumbai: "孟买",
  Singapore: "新加坡",
  Tokyo: "东京",
  Seoul: "首尔",
  Sydney: "悉尼",
  UAE: "阿联酋",
  "Hong Kong": "香港",
};

/** @param rec its English name, as the API tells it; one that a newer release names stays as it is */
export function recName(rec: string, language: Language): string {
  return (language === "zh" ? new Map(Object.entries(ZH)).get(rec) : undefined) ?? rec;
}

/** A REC by the name that the reader knows. */
export function useRecName(): (rec: string | null) => string {
  const { preferences, say } = useReader();
  return (rec) => (rec === null ? say("recUnknown") : recName(rec, preferences.language));
}

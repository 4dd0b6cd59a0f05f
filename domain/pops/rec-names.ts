import type { Language } from "../readiness/language.ts";
import type { RecName } from "./recs.ts";

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

/** A REC as readers of a language call it. @param rec its English name; one that a newer release names stays as it is */
export function recName(rec: string, language: Language): string {
  return language === "zh" && isKnown(rec) ? ZH[rec] : rec;
}

function isKnown(rec: string): rec is RecName {
  return Object.hasOwn(ZH, rec);
}

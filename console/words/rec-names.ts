import type { RecName } from "../../domain/pops/recs.ts";
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

/** A REC by the name that the reader knows; one that a newer release names stays as it is. */
export function useRecName(): (rec: string | null) => string {
  const { preferences, say } = useReader();
  return (rec) => {
    if (rec === null) return say("recUnknown");
    return (preferences.language === "zh" ? new Map(Object.entries(ZH)).get(rec) : undefined) ?? rec;
  };
}

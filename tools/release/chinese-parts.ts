import { REPORT_COLUMNS, RESULTS_ONLY_COLUMNS } from "../../domain/result/report.ts";
import * as words from "./chinese-words.ts";
import {
  columnsTable,
  countriesList,
  limitsTable,
  meaningsTable,
  reasonsTable,
  refusedTable,
  regionsTable,
} from "./part-tables.ts";
import { routesTableInChinese } from "./route-tables.ts";

/** The generated parts of docs/zh. Each has the name of the English one and `-zh`. */
export const CHINESE_PARTS: readonly (readonly [name: string, make: () => string])[] = [
  ["routes-zh", routesTableInChinese],
  ["limits-zh", () => limitsTable(["项目", "最小", "最大"], (what) => words.LIMIT_WORDS[what])],
  ["regions-zh", () => regionsTable(["区域", "POP"])],
  ["countries-zh", countriesList],
  ["pop-bases-zh", () => meaningsTable(["basis", "含义"], words.BASIS_WORDS)],
  ["rec-bases-zh", () => meaningsTable(["rec_basis", "含义"], words.REC_BASIS_WORDS)],
  ["refused-headers-zh", () => refusedTable(["拒绝", "原因"], (because) => words.REFUSED_WORDS[because])],
  ["report-columns-zh", () => columnsTable(["列", "含义"], translated(REPORT_COLUMNS, words.REPORT_COLUMN_WORDS))],
  ["outcomes-zh", () => meaningsTable(["结果", "含义"], words.OUTCOME_WORDS)],
  ["failure-reasons-zh", () => reasonsTable(["代码", "含义", "访客遇到什么", "如何处理"], "zh")],
  ["verdicts-zh", () => meaningsTable(["结论", "含义"], words.VERDICT_WORDS)],
  ["result-columns-zh", () => columnsTable(["列", "含义"], translated(RESULTS_ONLY_COLUMNS, words.MORE_COLUMN_WORDS))],
];

/** The columns in their order, with the meanings of another language. */
function translated<Name extends string>(
  columns: readonly { readonly name: Name }[],
  meanings: Readonly<Record<Name, string>>,
) {
  return columns.map(({ name }) => ({ name, meaning: meanings[name] }));
}

import type { EN_REPORT } from "./english-report.ts";
import type { Text } from "./table.ts";

export const ZH_REPORT: Readonly<Record<keyof typeof EN_REPORT, Text>> = {
  reportPage: "报告页",
  reportPageHtml: "报告页（HTML）",
  reportSays: "一个可以转发的文件：没有脚本、密钥和会过期的链接",
  reportSent: "发起于 {0}",
  reportEnded: "结束于 {0}",
  reportAsOf: "数据截至 {0}。",
  reportCopy: "本页是副本，不会更新。",
  andMore: "另有 {0} 个",
  troubledPops: "需要关注的 POP",
  failedTasksTitle: "失败的任务",
  failedInCsv: "{0} 个任务失败。CSV 文件列出了每一个：",
  object: "对象",
  whatWentWrong: "出了什么问题",
  atPops: "POP",
  timings: "各区域边缘缓存的耗时",
  timingsSay: "只计成功的任务；整个任务：从第一次尝试开始到最后一次尝试结束",
  taskHead: "任务数",
  firstByte: "首字节",
  wholeTask: "整个任务",
  median: "中位数",
  percentile95: "第 95 百分位",
};

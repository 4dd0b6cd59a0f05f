import type { Catalogue } from "../../domain/messages.ts";

/** The report page, and what leads to it. */
export const REPORT_MESSAGES = {
  reportPage: { en: "Report page", zh: "报告页" },
  reportSays: {
    en: "A single file that you can share: it contains no scripts, keys or expiring links",
    zh: "可以分享的单个文件：不包含脚本、密钥或会过期的链接",
  },
  reportSent: { en: "Sent {at}", zh: "提交于 {at}" },
  reportEnded: { en: "ended {at}", zh: "结束于 {at}" },
  engine: { en: "Downloaded by", zh: "下载方式" },
  engineDirect: { en: "direct run", zh: "直接运行" },
  engineDirectSays: { en: "the machine that ran the command, no EC2 instances", zh: "运行命令的本机，没有 EC2 实例" },
  reportAsOf: { en: "As of {at}.", zh: "数据截至 {at}。" },
  reportCopy: { en: "This page is a copy and does not update.", zh: "本页为副本，不会更新。" },
  troubledPops: { en: "POPs that need attention", zh: "需要关注的 POP" },
  failedTasksTitle: { en: "Failed tasks", zh: "失败的任务" },
  failedInCsv: {
    en: "{count, plural, one {# task} other {# tasks}} failed. For all of them, see the CSV file:",
    zh: "{count} 个任务失败。运行以下命令，可将完整列表保存为 CSV 文件：",
  },
  object: { en: "Object", zh: "对象" },
  whatWentWrong: { en: "Error", zh: "错误" },
  timings: { en: "Timings by regional edge cache", zh: "各区域边缘缓存的耗时" },
  timingsSay: {
    en: "Successful tasks only. Whole task: from the start of its first attempt to the end of its last",
    zh: "仅计成功的任务。整个任务：从第一次尝试开始到最后一次尝试结束",
  },
  taskHead: { en: "Tasks", zh: "任务数" },
  firstByte: { en: "First byte", zh: "首字节" },
  wholeTask: { en: "Whole task", zh: "整个任务" },
  median: { en: "Median", zh: "中位数" },
  percentile95: { en: "95th percentile", zh: "第 95 百分位数" },
} as const satisfies Catalogue;

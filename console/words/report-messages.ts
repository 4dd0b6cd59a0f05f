import type { Catalogue } from "../../domain/messages.ts";

/** The report page, and what leads to it. */
export const REPORT_MESSAGES = {
  reportPage: { en: "Report page", zh: "报告页" },
  reportPageHtml: { en: "Report page, HTML", zh: "报告页（HTML）" },
  reportSays: {
    en: "One file to send on: no script, no key, no link that expires",
    zh: "一个可以转发的文件：没有脚本、密钥和会过期的链接",
  },
  reportSent: { en: "sent {at}", zh: "发起于 {at}" },
  reportEnded: { en: "ended {at}", zh: "结束于 {at}" },
  engine: { en: "Engine", zh: "执行方式" },
  engineDirect: { en: "direct", zh: "直接运行" },
  engineDirectSays: { en: "one process, no instances", zh: "单个进程，没有实例" },
  reportAsOf: { en: "As of {at}.", zh: "数据截至 {at}。" },
  reportCopy: { en: "A copy: it does not change.", zh: "本页是副本，不会更新。" },
  andMore: { en: "and {count} more", zh: "另有 {count} 个" },
  troubledPops: { en: "POPs with something to look at", zh: "需要关注的 POP" },
  failedTasksTitle: { en: "Failed tasks", zh: "失败的任务" },
  failedInCsv: {
    en: "{count, plural, one {# task failed. The CSV has it} other {# tasks failed. The CSV has each}}:",
    zh: "{count} 个任务失败。CSV 文件列出了每一个：",
  },
  object: { en: "Object", zh: "对象" },
  whatWentWrong: { en: "What went wrong", zh: "出了什么问题" },
  timings: { en: "Timings by regional edge cache", zh: "各区域边缘缓存的耗时" },
  timingsSay: {
    en: "of good tasks; a whole one: from the start of its first attempt to the end of its last",
    zh: "只计成功的任务；整个任务：从第一次尝试开始到最后一次尝试结束",
  },
  taskHead: { en: "Tasks", zh: "任务数" },
  firstByte: { en: "First byte", zh: "首字节" },
  wholeTask: { en: "Whole task", zh: "整个任务" },
  median: { en: "median", zh: "中位数" },
  percentile95: { en: "95th percentile", zh: "第 95 百分位" },
} as const satisfies Catalogue;

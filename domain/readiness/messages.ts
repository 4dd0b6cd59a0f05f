// What a sentence says of a request, in each language. A text is a whole message in the syntax of ICU, with named placeholders and plural forms:
// https://unicode-org.github.io/icu/userguide/format_parse/messages/
import type { Language } from "../format.ts";

const TASKS = "{count, plural, one {# task} other {# tasks}}";
const POPS = "{count, plural, one {# POP} other {# POPs}}";

const EN = {
  timeIsUp: "The time is up. What was done is being counted.",
  askingSizes: "Asking for the sizes of the URLs.",
  readingSources: "Reading the sources.",
  checkingPops: "Checking POPs.",
  queuing: "Queuing the tasks.",
  counting: "Every task has a result. They are being counted.",
  paused: "Paused: no instance is wanted. {waiting, plural, one {# task waits} other {# tasks wait}}.",
  pausedWhileRunning:
    "Paused: no instance is wanted. {running, plural, one {# task is} other {# tasks are}} still running, for up to a minute after their instances are told to stop; {waiting, plural, one {# task waits} other {# tasks wait}}.",
  waitingForInstances: "Waiting for instances.",
  waitingForInstancesLong: "Waiting for instances for {time}.",
  noProgress: "No progress for {time}.",
  underWay: "Under way: {percentage}%.",
  late: "Late: needs {time} more than the timeout.",
  onTime: "On time: about {left} left, {spare} before the timeout.",
  onTimeAt: "On time: about {left} left. Done by {at}, {spare} before the timeout.",
  failed: "Failed.",
  failedFor: "Failed: {reason}.",
  stoppedUncounted: "Stopped. What was done is being counted.",
  stopped: "Stopped at {percentage}%.",
  timedOutUncounted: "Timed out. What was done is being counted.",
  timedOut: "Timed out at {percentage}%.",
  notTried: `${TASKS} not tried.`,
  tasksFailed: `${TASKS} failed.`,
  finished: "Finished.",
  ready: "Ready for traffic: {claims}.",
  readyWithExceptions: "Ready for traffic, with exceptions.",
  readyExceptions: "Ready for traffic, {count, plural, one {# exception} other {# exceptions}}: {troubles}.",
  notReady: "Not ready for traffic.",
  notReadyBecause: "Not ready for traffic: {reasons}.",
  notVerified: "Downloaded; warmth not verified.",
  notVerifiedTasks: `Downloaded; warmth not verified: ${TASKS}.`,
  notVerifiedExceptions:
    "Downloaded; warmth not verified, {count, plural, one {# exception} other {# exceptions}}: {troubles}.",
  ofTheOthers: "Of the others, {claims}.",
  allWarm: "{count, plural, one {its task is warm} other {all # tasks are warm}}",
  ofTasks: `of ${TASKS}, {claims}`,
  warm: "{count, plural, one {# is warm} other {# are warm}}",
  hits: "{count, plural, one {# is a hit that is not proven warm} other {# are hits that are not proven warm}}",
  downloaded: "{count, plural, one {# was} other {# were}} downloaded and nothing is claimed",
  failedOf: "{count} of {total, plural, one {# task} other {# tasks}} failed",
  unreadable: "{count} of {urls, plural, one {# URL} other {# URLs}} could not be read",
  unanswered: `the DNS resolver did not answer or returned an error for ${POPS} ({names})`,
  unresolved: `${POPS} did not resolve ({names})`,
  unresolvedPartlyUnanswered: `${POPS} did not resolve ({names}; for {unanswered} of them the DNS resolver did not answer or returned an error)`,
  cold: "{count, plural, one {# object is} other {# objects are}} warm at no POP of {recs}",
  coldBesides: "{count, plural, one {# other object is} other {# other objects are}} warm at no POP of {recs}",
  embeddedPops:
    "Embedded POPs, which stand in the networks of internet providers, cannot be reached from EC2 and are no part of this verdict. The regional edge caches behind them are.",
  coldEverywhere: "{count, plural, one {# object is} other {# objects are}} warm at no POP",
  coldEverywhereBesides: "{count, plural, one {# other object is} other {# other objects are}} warm at no POP",
  lacking:
    "{count} of {pops, plural, one {# POP} other {# POPs}} {count, plural, one {lacks more than 1% of its} other {lack more than 1% of their}} tasks ({names})",
  morePops: "{names} and {more} more",
  moreRecs: "{names} and {more} more",
  days: "{days, plural, one {# day} other {# days}}",
  daysAndHours: "{days, plural, one {# day} other {# days}} {hours} h",
  hours: "{hours} h",
  hoursAndMinutes: "{hours} h {minutes} min",
  minutes: "{minutes} min",
  seconds: "{seconds} s",
  sentence: "{clause}.",
  betweenSentences: " ",
  betweenReasons: "; ",
  betweenClaims: ", ",
  betweenNames: ", ",
} as const;

type MessageName = keyof typeof EN;

const ZH = {
  timeIsUp: "时间已到，正在统计结果。",
  askingSizes: "正在探测 URL 的大小。",
  readingSources: "正在读取来源。",
  checkingPops: "正在检查 POP。",
  queuing: "任务正在入队。",
  counting: "所有任务都有结果，正在统计。",
  paused: "已暂停：期望实例数为 0，{waiting} 个任务在等待。",
  pausedWhileRunning:
    "已暂停：期望实例数为 0，{running} 个任务仍在运行，最迟在其实例收到停止通知一分钟后结束，{waiting} 个任务在等待。",
  waitingForInstances: "正在等待实例。",
  waitingForInstancesLong: "等待实例已 {time}。",
  noProgress: "{time}没有进展。",
  underWay: "进行中：{percentage}%。",
  late: "将超时：还需比超时多 {time}。",
  onTime: "进展正常：约剩 {left}，比超时早 {spare}。",
  onTimeAt: "进展正常：约剩 {left}。预计 {at} 完成，比超时早 {spare}。",
  failed: "失败。",
  failedFor: "失败：{reason}。",
  stoppedUncounted: "已停止，正在统计结果。",
  stopped: "已停止于 {percentage}%。",
  timedOutUncounted: "已超时，正在统计结果。",
  timedOut: "已超时于 {percentage}%。",
  notTried: "{count} 个任务未尝试。",
  tasksFailed: "{count} 个任务失败。",
  finished: "已完成。",
  ready: "可以放量：{claims}。",
  readyWithExceptions: "可以放量，但有例外。",
  readyExceptions: "可以放量，有 {count} 处例外：{troubles}。",
  notReady: "暂不可放量。",
  notReadyBecause: "暂不可放量：{reasons}。",
  notVerified: "已下载，未验证缓存。",
  notVerifiedTasks: "已下载，未验证缓存：{count} 个任务。",
  notVerifiedExceptions: "已下载，未验证缓存，有 {count} 处例外：{troubles}。",
  ofTheOthers: "其余任务中，{claims}。",
  allWarm: "{count} 个任务全部已预热",
  ofTasks: "{count} 个任务中，{claims}",
  warm: "{count} 个已预热",
  hits: "{count} 个已命中但未能证明已预热",
  downloaded: "{count} 个已下载但未验证",
  failedOf: "{total} 个任务中 {count} 个失败",
  unreadable: "{urls} 个 URL 中 {count} 个无法读取",
  unanswered: "{count} 个 POP 的查询，DNS 解析器未应答或返回错误（{names}）",
  unresolved: "{count} 个 POP 无法解析（{names}）",
  unresolvedPartlyUnanswered: "{count} 个 POP 无法解析（{names}；其中 {unanswered} 个是 DNS 解析器未应答或返回错误）",
  cold: "{count} 个对象在{recs}的任何 POP 都未预热",
  coldBesides: "另有 {count} 个对象在{recs}的任何 POP 都未预热",
  coldEverywhere: "{count} 个对象在任何 POP 都未预热",
  coldEverywhereBesides: "另有 {count} 个对象在任何 POP 都未预热",
  lacking: "{pops} 个 POP 中有 {count} 个缺少超过 1% 的任务（{names}）",
  morePops: "{names} 等 {count} 个",
  moreRecs: "{names}等 {count} 处",
  embeddedPops: "嵌入式 POP 位于互联网服务提供商的网络中，从 EC2 无法访问，不计入此结论；它们背后的区域边缘缓存计入。",
  days: "{days} 天",
  daysAndHours: "{days} 天 {hours} 小时",
  hours: "{hours} 小时",
  hoursAndMinutes: "{hours} 小时 {minutes} 分钟",
  minutes: "{minutes} 分钟",
  seconds: "{seconds} 秒",
  sentence: "{clause}。",
  betweenSentences: "",
  betweenReasons: "；",
  betweenClaims: "，",
  betweenNames: "、",
} as const satisfies Readonly<Record<MessageName, string>>;

export const TEXTS = { en: EN, zh: ZH } as const;

/** The names of a text's placeholders: `{name}` and `{name, plural, …}`. A plural form has braces, too, and a blank in them. */
type Placeholders<Text extends string> = Text extends `${string}{${infer Inner}}${infer Rest}`
  ?
      | (Inner extends `${infer Name}, plural,${string}` ? Name : Inner extends `${string} ${string}` ? never : Inner)
      | Placeholders<Rest>
  : never;

/** The values that a message needs: those of its placeholders in all languages. */
type Values<Name extends MessageName> = Readonly<Record<Placeholders<(typeof TEXTS)[Language][Name]>, string | number>>;

/** A message with its values filled in. */
export type FormatMessage = <Name extends MessageName>(
  name: Name,
  ...values: keyof Values<Name> extends never ? [] : [Values<Name>]
) => string;

const PLACEHOLDER = /\{(\w+)(?:, plural,((?: \w+ \{[^{}]*\})+))?\}/g;

function formatterFor(language: Language): FormatMessage {
  const number = new Intl.NumberFormat(language);
  const plural = new Intl.PluralRules(language);
  return (name, ...[values]: readonly Readonly<Record<string, string | number>>[]) =>
    TEXTS[language][name].replaceAll(PLACEHOLDER, (_, key: string, forms: string | undefined) => {
      const value = values?.[key] ?? "";
      const shown = typeof value === "number" ? number.format(value) : value;
      if (forms === undefined) return shown;
      const form = new RegExp(` ${plural.select(Number(value))} \\{([^{}]*)\\}`).exec(forms)?.[1] ?? "";
      return form.replace("#", shown);
    });
}

export const MESSAGE_FORMATTERS: Readonly<Record<Language, FormatMessage>> = {
  en: formatterFor("en"),
  zh: formatterFor("zh"),
};

/** A length of time in two units at most. Seconds are rounded up to tens, so that they do not flicker, and minutes to whole ones. */
export function duration(say: FormatMessage, ms: number): string {
  const tens = Math.max(1, Math.ceil(ms / 10_000));
  if (tens < 6) return say("seconds", { seconds: tens * 10 });
  const all = Math.max(1, Math.round(ms / 60_000));
  const [hours, minutes] = [Math.floor(all / 60), all % 60];
  if (hours === 0) return say("minutes", { minutes });
  if (hours < 48) return minutes === 0 ? say("hours", { hours }) : say("hoursAndMinutes", { hours, minutes });
  const days = Math.floor(hours / 24);
  return hours % 24 === 0 ? say("days", { days }) : say("daysAndHours", { days, hours: hours % 24 });
}

import { lengthOf } from "../format.ts";
import { recName } from "../pops/recs.ts";
import { type Readiness, tooManyLack } from "../request/verdict.ts";
import type { Claims, Phrases } from "./phrases.ts";

const MOST_NAMES = 3;

const number = new Intl.NumberFormat("zh");

function time(ms: number): string {
  const { days, hours, minutes, seconds } = lengthOf(ms);
  if (days > 0) return hours > 0 ? `${days} 天 ${hours} 小时` : `${days} 天`;
  if (hours > 0) return minutes > 0 ? `${hours} 小时 ${minutes} 分钟` : `${hours} 小时`;
  return minutes > 0 ? `${minutes} 分钟` : `${seconds} 秒`;
}

export const ZH: Phrases = {
  timeIsUp: () => "时间已到，正在统计结果。",
  askingSizes: () => "正在探测 URL 的大小。",
  readingSources: () => "正在读取来源。",
  checkingPops: () => "正在检查 POP。",
  queuing: () => "任务正在入队。",
  counting: () => "所有任务都有结果，正在统计。",
  paused: (waiting, running) => {
    const still =
      running === 0 ? "" : `${number.format(running)} 个任务仍在运行，最迟在其实例收到停止通知一分钟后结束，`;
    return `已暂停：期望实例数为 0，${still}${number.format(waiting)} 个任务在等待。`;
  },
  waitingForInstances: (ms) => (ms < 60_000 ? "正在等待实例。" : `等待实例已 ${time(ms)}。`),
  noProgress: (ms) => `${time(ms)}没有进展。`,
  underWay: (percentage) => `进行中：${percentage}%。`,
  late: (ms) => `将超时：还需比超时多 ${time(ms)}。`,
  onTime: (left, spare, at) =>
    at === undefined
      ? `进展正常：约剩 ${time(left)}，比超时早 ${time(spare)}。`
      : `进展正常：约剩 ${time(left)}。预计 ${at} 完成，比超时早 ${time(spare)}。`,
  failed: (reason) => (reason === undefined ? "失败。" : `失败：${reason.replace(/[.。]$/, "")}。`),
  stopped: (...how) => cutShort("已停止", ...how),
  timedOut: (...how) => cutShort("已超时", ...how),
  finished: ({ failed, total, ...claims }) =>
    failed === 0 ? `已完成：${claimed({ failed, total, ...claims })}。` : `已完成：${failedOf({ failed, total })}。`,
  verdict: (verdict, claims) => {
    if (verdict === "ready") return `可以放量：${claimed(claims)}。`;
    if (verdict === "not_verified" && claims.failed === 0)
      return `${NOT_VERIFIED}：${number.format(claims.done)} 个任务。`;
    const head = { not_ready: "暂不可放量。", not_verified: `${NOT_VERIFIED}。` };
    const said = verdict === "ready_with_exceptions" ? "可以放量，但有例外。" : head[verdict];
    return claims.failed === 0 ? said : `${said}${failedOf(claims)}。`;
  },
  exceptions: (verdict, readiness, claims) => {
    const head = verdict === "not_verified" ? NOT_VERIFIED : "可以放量";
    const said = `${head}，有 ${readiness.exceptions} 处例外：${troubles(readiness, claims)}。`;
    const unclaimed = verdict === "not_verified" ? "" : notClaimed(claims);
    return unclaimed === "" ? said : `${said}其余任务中，${unclaimed}。`;
  },
  notReady: (readiness, claims) => {
    const cold = [unreadable(readiness), coldObjects(readiness), lackingPops(readiness)].filter((it) => it !== "");
    const rest = readiness.cold_objects === readiness.cold_unreadable && lackingPops(readiness) === "";
    const why = rest && claims.failed > 0 ? [...cold, failedOf(claims)] : cold;
    const said = why.length === 0 ? "暂不可放量。" : `暂不可放量：${why.join("；")}。`;
    return readiness.unresolved_pops === 0 ? said : `${said}${unresolved(readiness)}。`;
  },
};

const NOT_VERIFIED = "已下载，未验证缓存";

function cutShort(how: string, percentage: number | undefined, notTried: number, failed: number): string {
  if (percentage === undefined) return `${how}，正在统计结果。`;
  const rest = [
    ...(notTried > 0 ? [`${number.format(notTried)} 个任务未尝试`] : []),
    ...(failed > 0 ? [`${number.format(failed)} 个任务失败`] : []),
  ];
  return `${[`${how}于 ${percentage}%`, ...rest].join("，")}。`;
}

function claimed(claims: Claims): string {
  const { total, warm } = claims;
  if (warm === total) return `${number.format(total)} 个任务全部已预热`;
  const first = warm === 0 ? "" : `${number.format(warm)} 个已预热`;
  return `${number.format(total)} 个任务中，${[first, notClaimed(claims)].filter((it) => it !== "").join("，")}`;
}

function notClaimed({ hit, done }: Claims): string {
  const parts = [
    ...(hit > 0 ? [`${number.format(hit)} 个已命中但未能证明已预热`] : []),
    ...(done > 0 ? [`${number.format(done)} 个已下载但未验证`] : []),
  ];
  return parts.join("，");
}

function failedOf({ failed, total }: Pick<Claims, "failed" | "total">): string {
  return `${number.format(total)} 个任务中 ${number.format(failed)} 个失败`;
}

function troubles(readiness: Readiness, { failed, total }: Claims): string {
  const parts = [
    ...(failed > 0 ? [failedOf({ failed, total })] : []),
    ...(readiness.unreadable_urls > 0 ? [unreadable(readiness)] : []),
    ...(readiness.unresolved_pops > 0 ? [unresolved(readiness)] : []),
  ];
  return parts.join("，");
}

function unreadable({ unreadable_urls: count, urls }: Readiness): string {
  if (count === 0) return "";
  const which =
    urls === 0 ? `${number.format(count)} 个 URL ` : `${number.format(urls)} 个 URL 中 ${number.format(count)} 个`;
  return `${which}无法读取`;
}

const NO_ANSWER = "DNS 解析器未应答或返回错误";

function unresolved(readiness: Readiness): string {
  const { unresolved_pops: count, unanswered_pops: unanswered, unresolved_examples: pops } = readiness;
  // A release before named none.
  const which = pops.length === 0 ? "" : names(pops, ` 等 ${number.format(count)} 个`, count);
  if (unanswered === count) return `${number.format(count)} 个 POP 的查询，${NO_ANSWER}${inBrackets(which)}`;
  const why = unanswered === 0 ? "" : `其中 ${number.format(unanswered)} 个是 ${NO_ANSWER}`;
  return `${number.format(count)} 个 POP 无法解析${inBrackets(which, why)}`;
}

function coldObjects({ cold_objects, cold_unreadable, cold_recs: recs }: Readiness): string {
  const count = cold_objects - cold_unreadable;
  if (count <= 0) return "";
  const objects = `${cold_unreadable > 0 ? "另有 " : ""}${number.format(count)} 个对象`;
  if (recs.length === 0) return `${objects}在任何 POP 都未预热`;
  const known = recs.map((rec) => recName(rec, "zh"));
  return `${objects}在${names(known, `等 ${number.format(recs.length)} 处`, recs.length)}的任何 POP 都未预热`;
}

function lackingPops({ lacking_other_pops: count, lacking_examples, pops }: Readiness): string {
  if (!tooManyLack({ lacking_pops: count, pops })) return "";
  const which = names(lacking_examples, ` 等 ${number.format(count)} 个`, count);
  return `${number.format(pops)} 个 POP 中有 ${number.format(count)} 个缺少超过 1% 的任务（${which}）`;
}

function inBrackets(...parts: readonly string[]): string {
  const said = parts.filter((it) => it !== "");
  return said.length === 0 ? "" : `（${said.join("；")}）`;
}

/** The first few of so many names. @param more what follows where there are more */
function names(all: readonly string[], more: string, count: number): string {
  const told = all.slice(0, MOST_NAMES).join("、");
  return count > MOST_NAMES ? told + more : told;
}

import type { Catalogue, FormatMessage } from "../messages.ts";

const TASKS = "{count, plural, one {# task} other {# tasks}}";
const POPS = "{count, plural, one {# POP} other {# POPs}}";

/** What a sentence says of a request: a row has both languages. */
export const READINESS_MESSAGES = {
  timeIsUp: { en: "The timeout is over. Counting the results.", zh: "已到超时时间，正在统计结果。" },
  askingSizes: { en: "Checking the sizes of the URLs.", zh: "正在检查 URL 的大小。" },
  readingSources: { en: "Reading the sources.", zh: "正在读取来源。" },
  checkingPops: { en: "Checking POPs.", zh: "正在检查 POP。" },
  queuing: { en: "Queuing tasks.", zh: "任务正在入队。" },
  counting: { en: "All tasks have a result. Counting the results.", zh: "所有任务都已有结果，正在统计。" },
  paused: {
    en: "Paused: the desired number of instances is 0. {waiting, plural, one {# task is} other {# tasks are}} waiting.",
    zh: "已暂停：所需实例数为 0，{waiting} 个任务在等待。",
  },
  pausedWhileRunning: {
    en: "Paused: the desired number of instances is 0. {running, plural, one {# task continues} other {# tasks continue}} for up to a minute while instances shut down. {waiting, plural, one {# task is} other {# tasks are}} waiting.",
    zh: "已暂停：所需实例数为 0。{running} 个任务仍在运行，在实例关闭前最多再运行一分钟；{waiting} 个任务在等待。",
  },
  waitingForInstances: { en: "Waiting for instances.", zh: "正在等待实例。" },
  waitingForInstancesLong: { en: "Waiting for instances for {time}.", zh: "已等待实例 {time}。" },
  retrying: {
    en: "{count, plural, one {# task waits} other {# tasks wait}} up to {time} for the next attempt: {reason}.",
    zh: "{count} 个任务在等待重试，最长 {time}：{reason}。",
  },
  noProgress: { en: "No progress for {time}.", zh: "{time}没有进展。" },
  measureBytes: { en: "bytes", zh: "字节" },
  measureTasks: { en: "tasks", zh: "任务" },
  underWay: { en: "In progress: {percentage}% of the {measure}.", zh: "进行中：{measure}的 {percentage}%。" },
  late: { en: "Late: needs {time} more than the timeout allows.", zh: "将超时：预计在超时后再过 {time}才能完成。" },
  onTime: {
    en: "On time: about {left} left. Ends {spare} before the timeout.",
    zh: "进展正常：约剩 {left}，将在超时前 {spare}完成。",
  },
  onTimeAt: {
    en: "On time: about {left} left. Done by {at}, {spare} before the timeout.",
    zh: "进展正常：约剩 {left}。预计 {at} 完成，距超时还有 {spare}。",
  },
  failed: { en: "Failed.", zh: "失败。" },
  failedFor: { en: "Failed: {reason}.", zh: "失败：{reason}。" },
  stoppedUncounted: { en: "Stopped. Counting the results.", zh: "已停止，正在统计结果。" },
  stopped: { en: "Stopped at {percentage}% of the {measure}.", zh: "已停止，进度为{measure}的 {percentage}%。" },
  timedOutUncounted: { en: "Timed out. Counting the results.", zh: "已超时，正在统计结果。" },
  timedOut: { en: "Timed out at {percentage}% of the {measure}.", zh: "已超时，进度为{measure}的 {percentage}%。" },
  notTried: { en: "{count, plural, one {# task was} other {# tasks were}} not tried.", zh: "{count} 个任务未尝试。" },
  tasksFailed: { en: `${TASKS} failed.`, zh: "{count} 个任务失败。" },
  finished: { en: "Finished.", zh: "已完成。" },
  ready: { en: "Ready for traffic: {claims}.", zh: "可以放量：{claims}。" },
  readyWithExceptions: { en: "Ready, with exceptions.", zh: "可以放量，但有例外。" },
  readyExceptions: {
    en: "Ready, with {count, plural, one {# exception} other {# exceptions}}: {troubles}.",
    zh: "可以放量，但有 {count} 处例外：{troubles}。",
  },
  notReady: { en: "Not ready for traffic.", zh: "暂不可放量。" },
  notReadyBecause: { en: "Not ready for traffic: {reasons}.", zh: "暂不可放量：{reasons}。" },
  notVerified: { en: "Downloaded, but not verified.", zh: "已下载，但未验证。" },
  notVerifiedTasks: { en: `Downloaded, but not verified: ${TASKS}.`, zh: "已下载，但未验证：{count} 个任务。" },
  notVerifiedExceptions: {
    en: "Downloaded, but not verified, {count, plural, one {# exception} other {# exceptions}}: {troubles}.",
    zh: "已下载，但未验证，有 {count} 处例外：{troubles}。",
  },
  ofTheOthers: { en: "Of the other tasks, {claims}.", zh: "其余任务中，{claims}。" },
  allWarm: {
    en: "{count, plural, one {its task is warm} other {all # tasks are warm}}",
    zh: "{count} 个任务全部已预热",
  },
  ofTasks: { en: `of ${TASKS}, {claims}`, zh: "{count} 个任务中，{claims}" },
  warm: { en: "{count, plural, one {# is warm} other {# are warm}}", zh: "{count} 个已预热" },
  hits: {
    en: "{count, plural, one {# is a hit that is not proven warm} other {# are hits that are not proven warm}}",
    zh: "{count} 个已命中但未能证明已预热",
  },
  inRec: {
    en: "{count, plural, one {# is} other {# are}} kept by the regional edge cache",
    zh: "{count} 个由区域边缘缓存保留",
  },
  onlyInRec: {
    en: "the regional edge cache keeps the {count, plural, one {object of # task} other {objects of # tasks}}, the POP is not shown to",
    zh: "{count} 个任务的对象由区域边缘缓存保留，但未能证明 POP 也保留",
  },
  onlyAtEdge: {
    en: "only the POP's own cache is shown to keep the {count, plural, one {object of # task} other {objects of # tasks}}, the regional edge cache is not",
    zh: "{count} 个任务的对象仅证明由 POP 自身的缓存保留，未能证明区域边缘缓存也保留",
  },
  notCovered: {
    en: "{count, plural, one {# POP is} other {# POPs are}} not shown to have a regional edge cache that keeps all objects ({names})",
    zh: "{count} 个 POP 未能证明其区域边缘缓存保留全部对象（{names}）",
  },
  notCoveredLimit: {
    en: "{count, plural, one {# POP is} other {# POPs are}} not shown to have a regional edge cache that keeps all objects ({names}), and a limit of the request or deployment kept {count, plural, one {it} other {them}} from requesting all objects",
    zh: "{count} 个 POP 未能证明其区域边缘缓存保留全部对象（{names}），且请求或部署的上限使其无法请求全部对象",
  },
  recsKept: {
    en: "{kept} of {recs, plural, one {# regional edge cache keeps} other {# regional edge caches keep}} all objects; {covered, plural, one {# POP is} other {# POPs are}} covered by samples.",
    zh: "{recs} 个区域边缘缓存中有 {kept} 个保留全部对象；{covered} 个 POP 由抽样证明已覆盖。",
  },
  ownLeads: {
    en: "{count, plural, one {# POP} other {# POPs}} requested all objects, because no sample shows the regional edge cache: {names}.",
    zh: "{count} 个 POP 请求了全部对象，因为没有抽样能证明其区域边缘缓存：{names}。",
  },
  ownLead: { en: "{pop} ({reason})", zh: "{pop}（{reason}）" },
  sampleMiss: { en: "the sample was a miss", zh: "抽样未命中" },
  sampleUnclear: { en: "another copy answered the sample", zh: "响应抽样的是另一份副本" },
  sampleFailed: { en: "the sample failed", zh: "抽样失败" },
  noSample: { en: "no object can serve as a sample", zh: "没有可用作抽样的对象" },
  noTier: {
    en: "{count, plural, one {The hit of # task does} other {The hits of # tasks do}} not report a cache tier, so the regional edge cache may have answered: to make CloudFront report the tier, attach a response headers policy with Server-Timing enabled (any sampling rate) to the cache behavior.",
    zh: "{count} 个任务的命中未报告缓存层，可能由区域边缘缓存响应：要让 CloudFront 报告缓存层，请为缓存行为附加已启用 Server-Timing（采样率不限）的响应标头策略。",
  },
  downloaded: {
    en: "{count, plural, one {# was} other {# were}} downloaded with unknown cache state",
    zh: "{count} 个已下载但缓存状态未知",
  },
  failedOf: {
    en: "{count} of {total, plural, one {# task} other {# tasks}} failed",
    zh: "{total} 个任务中有 {count} 个失败",
  },
  unreadable: {
    en: "{count} of {urls, plural, one {# URL} other {# URLs}} could not be read",
    zh: "{urls} 个 URL 中有 {count} 个无法读取",
  },
  unanswered: {
    en: `the DNS resolver did not respond or returned an error for ${POPS} ({names})`,
    zh: "DNS 解析器对 {count} 个 POP 没有响应或返回错误（{names}）",
  },
  unresolved: { en: `${POPS} did not resolve ({names})`, zh: "{count} 个 POP 无法解析（{names}）" },
  unresolvedPartlyUnanswered: {
    en: `${POPS} did not resolve ({names}; for {unanswered} of them the DNS resolver did not respond or returned an error)`,
    zh: "{count} 个 POP 无法解析（{names}；其中 {unanswered} 个是因为 DNS 解析器没有响应或返回错误）",
  },
  cold: {
    en: "{count, plural, one {# object is} other {# objects are}} not warm at any POP under the regional edge {recCount, plural, one {cache} other {caches}} {recs}",
    zh: "{count} 个对象在{recCount, plural, other {区域边缘缓存}}（{recs}）下的任何 POP 都未预热",
  },
  coldBesides: {
    en: "{count, plural, one {# other object is} other {# other objects are}} not warm at any POP under the regional edge {recCount, plural, one {cache} other {caches}} {recs}",
    zh: "另有 {count} 个对象在{recCount, plural, other {区域边缘缓存}}（{recs}）下的任何 POP 都未预热",
  },
  embeddedPops: {
    en: "This verdict does not cover embedded POPs: they are in the networks of internet service providers, and Prewarm sends no requests to them. The verdict covers the regional edge caches behind them.",
    zh: "此结论不包括嵌入式 POP：它们位于互联网服务提供商的网络中，Prewarm 不向它们发送请求。此结论包括它们背后的区域边缘缓存。",
  },
  originShield: {
    en: "With Origin Shield ({regions}), an object that is warm elsewhere but not at any POP of a regional edge cache is fetched from Origin Shield, not from the origin.",
    zh: "启用 Origin Shield（{regions}）时，如果对象在某个区域边缘缓存下的所有 POP 都未预热，但在别处已预热，则从 Origin Shield 获取，不会回源。",
  },
  coldEverywhere: {
    en: "{count, plural, one {# object is} other {# objects are}} not warm at any POP",
    zh: "{count} 个对象在任何 POP 都未预热",
  },
  coldEverywhereBesides: {
    en: "{count, plural, one {# other object is} other {# other objects are}} not warm at any POP",
    zh: "另有 {count} 个对象在任何 POP 都未预热",
  },
  lacking: {
    en: "{count} of {pops, plural, one {# POP} other {# POPs}} {count, plural, one {is} other {are}} more than 1% cold ({names})",
    zh: "{pops} 个 POP 中有 {count} 个 POP，其未预热任务的比例超过 1%（{names}）",
  },
  names: { en: "{names}", zh: "{names}" },
  morePops: { en: "{names} and {more} more", zh: "{names} 和另外 {more} 个" },
  moreRecs: { en: "{names} and {more} more", zh: "{names}，以及另外 {more} 个" },
  fromCatalogue: { en: "from the catalogue of this release", zh: "来自此版本的目录" },
  fromDiscovery: { en: "discovered {age} ago", zh: "{age}前从 DNS 发现" },
  popsWithSource: { en: "{selection} (POPs {source})", zh: "{selection}（POP 列表{source}）" },
  popsDefault: {
    en: "{selected} of {known, plural, one {# POP} other {# POPs}}: the default set",
    zh: "{known} 个 POP 中的 {selected} 个：默认集合",
  },
  popsDefaultOf: {
    en: "{selected} of {known, plural, one {# POP} other {# POPs}}: the default set of {places}",
    zh: "{known} 个 POP 中的 {selected} 个：{places}的默认集合",
  },
  popsAll: {
    en: "{selected} of {known, plural, one {# POP} other {# POPs}}: all except POPs in China and POP codes that are known only from documentation",
    zh: "{known} 个 POP 中的 {selected} 个：全部，但不含中国内地的 POP 和仅见于文档的代码",
  },
  popsNamed: {
    en: "{selected} of {known, plural, one {# POP} other {# POPs}}, as selected",
    zh: "{known} 个 POP 中的 {selected} 个，由您指定",
  },
  sentence: { en: "{clause}.", zh: "{clause}。" },
  twoSentences: { en: "{first} {second}", zh: "{first}{second}" },
  twoClauses: { en: "{first}; {second}", zh: "{first}；{second}" },
} as const satisfies Catalogue;

export type SayReadiness = FormatMessage<typeof READINESS_MESSAGES>;

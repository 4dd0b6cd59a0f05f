import type { Language } from "../format.ts";
import { FAILURE_REASONS, type FailureReason } from "../result/failure.ts";

/** What a failure reason means to an operator. */
export interface ReasonText {
  /** In a few words, as a heading. */
  readonly title: string;
  readonly means: string;
  /** What viewers at that POP meet. */
  readonly viewers: string;
  /** What to do about it. */
  readonly next: string;
}

/** What viewers meet most often: the object comes, but from further away. */
const SLOW_FIRST = {
  en: "The first viewers wait until the POP has fetched the object.",
  zh: "首批访客需要等 POP 回源取到对象，会变慢。",
};
const SAME_ERROR = { en: "Viewers most likely get the same error.", zh: "访客很可能遇到同样的错误。" };

type EnglishWords = Omit<ReasonText, "means">;

const EN: Readonly<Record<FailureReason, EnglishWords>> = {
  timeout: {
    title: "Nothing came in time",
    viewers: "Viewers wait long, or get a 504.",
    next: "Look at the origin's load and answer times. Lower `origin`, then retry.",
  },
  connection: {
    title: "The POP did not answer",
    viewers: SLOW_FIRST.en,
    next: "Retry. If it stays with one POP, choose another POP of the same city.",
  },
  tls: {
    title: "TLS failed",
    viewers: "Viewers get a certificate warning, or no connection.",
    next: "Check that the certificate of the distribution covers the URLs' hosts, and that `cf_domain` is right.",
  },
  redirect: {
    title: "Redirected",
    viewers: "Viewers are sent on, to a URL that was not warmed.",
    next: "Put the URL that the redirect points to into the list.",
  },
  http_4xx: {
    title: "Refused (4xx)",
    viewers: SAME_ERROR.en,
    next: "Open an example. A 403 or 401 may need a header or a signed URL, a 404 means a wrong URL, a 429 a lower `origin`.",
  },
  http_5xx: {
    title: "Server error (5xx)",
    viewers: SAME_ERROR.en,
    next: "Look at the origin first; CloudFront's id in the report helps AWS Support. Then retry.",
  },
  waf: {
    title: "Challenged by AWS WAF",
    viewers: "Browsers usually pass the challenge; other clients do not get the object. It may not be cached.",
    next: "Add a rule to the web ACL that allows requests with a secret header, send that header in `header`, then retry.",
  },
  incomplete: {
    title: "The body ended early",
    viewers: "Viewers may get a broken download.",
    next: "Check that the origin sends the right Content-Length and keeps connections open. Then retry.",
  },
  too_large: {
    title: "Too large",
    viewers: "CloudFront may not cache the object, so each viewer waits for the origin.",
    next: "Compare the size with the one that Get Size saw. CloudFront's largest object is 50 GB.",
  },
  too_slow: {
    title: "Too slow",
    viewers: "Viewers download as slowly, until the POP has the object.",
    next: "Look at the origin's bandwidth, or warm fewer POPs at a time. Then retry.",
  },
  other_pop: {
    title: "Another POP answered",
    viewers: SLOW_FIRST.en,
    next: "The POP may be drained. Retry later, or choose another POP of the same city.",
  },
  not_kept: {
    title: "Not kept by the POP",
    viewers: "Each viewer waits for the origin, now and later.",
    next: "Check Cache-Control and the cache policy: `error` names the likely header.",
  },
  not_cacheable: {
    title: "Accepted, not sent (202)",
    viewers: "Viewers most likely get the same answer, without the object.",
    next: "Make the origin answer with HTTP 200 and the object, or wait until it does. Then retry.",
  },
  refused_address: {
    title: "Address refused",
    viewers: "Nothing is known of what they meet.",
    next: "The name resolves to a private or reserved address. Check the DNS that Prewarm asks.",
  },
  not_asked: {
    title: "Not asked: its REC failed before",
    viewers: "They meet what the two POPs met that asked first.",
    next: "`error` names both. Solve the reason that they failed for, then retry.",
  },
  lost: {
    title: "No agent finished it",
    viewers: SLOW_FIRST.en,
    next: "Retry. If it is always the same URL, look at the agents' log: it may end them.",
  },
  no_distribution: {
    title: "Not of a distribution",
    viewers: "Nothing is known of what they meet: nothing was asked.",
    next: "Correct the URL's host name, or name the distribution's *.cloudfront.net domain as `cf_domain`.",
  },
  name_not_found: {
    title: "Name not found",
    viewers: "CloudFront sends no viewers to a POP without a name, and a distribution without one cannot be reached.",
    next: "Check the POP's code with `GET /pops`, or the distribution's domain. Retrying will not help.",
  },
  dns_unavailable: {
    title: "The DNS resolver did not answer",
    viewers: "Nothing is known of what they meet: nothing was asked.",
    next: "Check the resolver that `error` names, and that Prewarm reaches it: from its functions, or from this machine. Then retry.",
  },
  other: {
    title: "Other",
    viewers: "Nothing is known of what they meet.",
    next: "Read `error` of the examples.",
  },
};

const ZH: Readonly<Record<FailureReason, ReasonText>> = {
  timeout: {
    title: "响应超时",
    means: "在允许的时间内没有应答，或没有后续数据。",
    viewers: "访客需长时间等待，或收到 504。",
    next: "检查源站负载与响应时间；降低 `origin` 限速后重试。",
  },
  connection: {
    title: "POP 无应答",
    means: "连接超时、被拒绝，或在应答之前被重置或关闭，或收到的不是 HTTP。",
    viewers: SLOW_FIRST.zh,
    next: "重试。若总是同一个 POP，请改选同城的其他 POP。",
  },
  tls: {
    title: "TLS 失败",
    means: "服务器证书与域名不符，或 TLS 因其他原因失败。",
    viewers: "访客会看到证书警告，或无法连接。",
    next: "确认分配的证书覆盖 URL 的域名，并检查 `cf_domain`。",
  },
  redirect: {
    title: "被重定向",
    means: "应答指向另一个 URL，预热不会跟随。",
    viewers: "访客会被转到一个没有预热的 URL。",
    next: "把重定向的目标 URL 加入列表。",
  },
  http_4xx: {
    title: "请求被拒绝（4xx）",
    means: "边缘或源站拒绝了请求。",
    viewers: SAME_ERROR.zh,
    next: "打开一个示例：401、403 可能需要请求头或签名 URL，404 表示 URL 有误，429 表示应降低 `origin`。",
  },
  http_5xx: {
    title: "服务器错误（5xx）",
    means: "边缘或源站出错。",
    viewers: SAME_ERROR.zh,
    next: "先检查源站；报告中的 CloudFront 请求 ID 可提供给 AWS Support。之后重试。",
  },
  waf: {
    title: "被 AWS WAF 质询",
    means: "AWS WAF 返回了质询或 CAPTCHA，而不是对象。",
    viewers: "浏览器通常能通过质询，其他客户端得不到对象；对象可能未被缓存。",
    next: "在 Web ACL 中添加规则，允许带有某个保密请求头的请求；在 `header` 中发送该请求头，之后重试。",
  },
  incomplete: {
    title: "数据不完整",
    means: "数据中途断开，比 Content-Length 或探测到的大小更短或更长，或无法判断在哪里结束。",
    viewers: "访客可能下载到损坏的文件。",
    next: "确认源站的 Content-Length 正确且不会中断连接，之后重试。",
  },
  too_large: {
    title: "对象过大",
    means: "数据远大于探测到的大小，或超过 CloudFront 可缓存的上限。",
    viewers: "CloudFront 可能不缓存它，每位访客都要回源。",
    next: "与探测到的大小比较。CloudFront 单个对象上限为 50 GB。",
  },
  too_slow: {
    title: "下载过慢",
    means: "数据到达太慢，会长时间占用一台实例。",
    viewers: "在 POP 取到对象之前，访客同样很慢。",
    next: "检查源站带宽，或减少同时预热的 POP，之后重试。",
  },
  other_pop: {
    title: "由其他 POP 应答",
    means: "应答的 POP 不是被请求的 POP。",
    viewers: SLOW_FIRST.zh,
    next: "该 POP 可能正在维护。稍后重试，或改选同城的其他 POP。",
  },
  not_kept: {
    title: "POP 未缓存",
    means: "下载完整，但 POP 没有保留该对象。",
    viewers: "每位访客都要等待回源，之后也是如此。",
    next: "检查 Cache-Control 与缓存策略；`error` 会指出可能的响应头。",
  },
  not_cacheable: {
    title: "源站仅接受请求（202）",
    means: "源站返回 HTTP 202：接受了请求，但没有发送对象。",
    viewers: "访客很可能得到同样的应答，得不到对象。",
    next: "让源站返回 HTTP 200 和对象，或等到它这样应答，之后重试。",
  },
  refused_address: {
    title: "地址被拒绝",
    means: "POP 的地址是私有、保留地址，或不是地址。",
    viewers: "无法判断访客会遇到什么。",
    next: "域名解析到了私有或保留地址，请检查所用的 DNS。",
  },
  not_asked: {
    title: "未请求：同区域先行者已失败",
    means: "同一区域边缘缓存下已有两个 POP 请求过，源站失败或对象未被缓存，因此不再请求。",
    viewers: "与先行的两个 POP 相同。",
    next: "`error` 指出了这两个 POP。解决它们的问题后重试。",
  },
  lost: {
    title: "没有实例完成",
    means: "任务多次入队，仍没有实例完成它。",
    viewers: SLOW_FIRST.zh,
    next: "重试。若总是同一个 URL，请查看实例日志。",
  },
  no_distribution: {
    title: "不属于任何分配",
    means: "URL 的域名没有指向任何分配。",
    viewers: "没有发出请求，无法判断访客会遇到什么。",
    next: "更正 URL 的域名，或在 `cf_domain` 中填写分配的 *.cloudfront.net 域名。",
  },
  name_not_found: {
    title: "域名不存在",
    means: "域名在 DNS 中不存在，或没有 IPv4 地址。",
    viewers: "CloudFront 不会把访客引导到没有域名的 POP；没有域名的分配无法访问。",
    next: "用 `GET /pops` 核对 POP 代码，或检查分配的域名。重试没有用。",
  },
  dns_unavailable: {
    title: "DNS 解析器未应答",
    means: "DNS 解析器没有应答，或返回了错误。",
    viewers: "没有发出请求，无法判断访客会遇到什么。",
    next: "检查 `error` 指出的解析器，以及 Prewarm（堆栈的函数，或本机）能否访问它，之后重试。",
  },
  other: {
    title: "其他",
    means: "其他失败，或旧版本实例未记录原因的失败。",
    viewers: "无法判断访客会遇到什么。",
    next: "查看示例中的 `error`。",
  },
};

/** What a reason means, what viewers meet, and what to do next. */
export function reasonText(reason: FailureReason, language: Language): ReasonText {
  return language === "zh" ? ZH[reason] : { ...EN[reason], means: FAILURE_REASONS[reason] };
}

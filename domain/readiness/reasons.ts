import type { Language } from "../format.ts";
import type { Message } from "../messages.ts";
import { FAILURE_REASONS, type FailureReason } from "../result/failure.ts";

/** What a failure reason means to an operator. */
export interface ReasonText<Text = string> {
  /** In a few words, as a heading. */
  readonly title: Text;
  readonly means: Text;
  /** What viewers at that POP meet. */
  readonly viewers: Text;
  /** What to do about it. */
  readonly next: Text;
}

/** What viewers meet most often: the object comes, but from further away. */
const SLOW_FIRST = {
  en: "The first viewers wait until the POP has fetched the object.",
  zh: "首批访客需要等 POP 回源取到对象，会变慢。",
};
const SAME_ERROR = { en: "Viewers most likely get the same error.", zh: "访客很可能遇到同样的错误。" };

/** A row has both languages. */
export const REASON_MESSAGES: Readonly<Record<FailureReason, ReasonText<Message>>> = {
  timeout: {
    title: { en: "Nothing came in time", zh: "响应超时" },
    means: { en: FAILURE_REASONS.timeout, zh: "在允许的时间内没有应答，或没有后续数据。" },
    viewers: { en: "Viewers wait long, or get a 504.", zh: "访客需长时间等待，或收到 504。" },
    next: {
      en: "Look at the origin's load and answer times. Lower `origin`, then retry.",
      zh: "检查源站负载与响应时间；降低 `origin` 限速后重试。",
    },
  },
  connection: {
    title: { en: "The POP did not answer", zh: "POP 无应答" },
    means: { en: FAILURE_REASONS.connection, zh: "连接超时、被拒绝，或在应答之前被重置或关闭，或收到的不是 HTTP。" },
    viewers: SLOW_FIRST,
    next: {
      en: "Retry. If it stays with one POP, choose another POP of the same city.",
      zh: "重试。若总是同一个 POP，请改选同城的其他 POP。",
    },
  },
  tls: {
    title: { en: "TLS failed", zh: "TLS 失败" },
    means: { en: FAILURE_REASONS.tls, zh: "服务器证书与域名不符，或 TLS 因其他原因失败。" },
    viewers: { en: "Viewers get a certificate warning, or no connection.", zh: "访客会看到证书警告，或无法连接。" },
    next: {
      en: "Check that the certificate of the distribution covers the URLs' hosts, and that `cf_domain` is right.",
      zh: "确认分配的证书覆盖 URL 的域名，并检查 `cf_domain`。",
    },
  },
  redirect: {
    title: { en: "Redirected", zh: "被重定向" },
    means: { en: FAILURE_REASONS.redirect, zh: "应答指向另一个 URL，预热不会跟随。" },
    viewers: { en: "Viewers are sent on, to a URL that was not warmed.", zh: "访客会被转到一个没有预热的 URL。" },
    next: { en: "Put the URL that the redirect points to into the list.", zh: "把重定向的目标 URL 加入列表。" },
  },
  http_4xx: {
    title: { en: "Refused (4xx)", zh: "请求被拒绝（4xx）" },
    means: { en: FAILURE_REASONS.http_4xx, zh: "边缘或源站拒绝了请求。" },
    viewers: SAME_ERROR,
    next: {
      en: "HTTP 404: correct the URL or remove it; retrying will not help. HTTP 401 or 403: the object may need a header or a signed URL. HTTP 429: lower `origin`, then retry.",
      zh: "HTTP 404：更正或移除该 URL，重试没有用。HTTP 401 或 403：对象可能需要请求头或签名 URL。HTTP 429：降低 `origin` 后重试。",
    },
  },
  http_5xx: {
    title: { en: "Server error (5xx)", zh: "服务器错误（5xx）" },
    means: { en: FAILURE_REASONS.http_5xx, zh: "边缘或源站出错。" },
    viewers: SAME_ERROR,
    next: {
      en: "Look at the origin first; CloudFront's id in the report helps AWS Support. Then retry.",
      zh: "先检查源站；报告中的 CloudFront 请求 ID 可提供给 AWS Support。之后重试。",
    },
  },
  waf: {
    title: { en: "Challenged by AWS WAF", zh: "被 AWS WAF 质询" },
    means: { en: FAILURE_REASONS.waf, zh: "AWS WAF 返回了质询或 CAPTCHA，而不是对象。" },
    viewers: {
      en: "Browsers usually pass the challenge; other clients do not get the object. It may not be cached.",
      zh: "浏览器通常能通过质询，其他客户端得不到对象；对象可能未被缓存。",
    },
    next: {
      en: "Add a rule to the web ACL that allows requests with a secret header, send that header in `header`, then retry.",
      zh: "在 Web ACL 中添加规则，允许带有某个保密请求头的请求；在 `header` 中发送该请求头，之后重试。",
    },
  },
  incomplete: {
    title: { en: "The body ended early", zh: "数据不完整" },
    means: {
      en: FAILURE_REASONS.incomplete,
      zh: "数据中途断开，比 Content-Length 或探测到的大小更短或更长，或无法判断在哪里结束。",
    },
    viewers: { en: "Viewers may get a broken download.", zh: "访客可能下载到损坏的文件。" },
    next: {
      en: "Check that the origin sends the right Content-Length and keeps connections open. Then retry.",
      zh: "确认源站的 Content-Length 正确且不会中断连接，之后重试。",
    },
  },
  too_large: {
    title: { en: "Too large", zh: "对象过大" },
    means: { en: FAILURE_REASONS.too_large, zh: "数据远大于探测到的大小，或超过 CloudFront 可缓存的上限。" },
    viewers: {
      en: "CloudFront may not cache the object, so each viewer waits for the origin.",
      zh: "CloudFront 可能不缓存它，每位访客都要回源。",
    },
    next: {
      en: "Compare the size with the one that Get Size saw. CloudFront's largest object is 50 GB.",
      zh: "与探测到的大小比较。CloudFront 单个对象上限为 50 GB。",
    },
  },
  too_slow: {
    title: { en: "Too slow", zh: "下载过慢" },
    means: { en: FAILURE_REASONS.too_slow, zh: "数据到达太慢，会长时间占用一台实例。" },
    viewers: {
      en: "Viewers download as slowly, until the POP has the object.",
      zh: "在 POP 取到对象之前，访客同样很慢。",
    },
    next: {
      en: "Look at the origin's bandwidth, or warm fewer POPs at a time. Then retry.",
      zh: "检查源站带宽，或减少同时预热的 POP，之后重试。",
    },
  },
  other_pop: {
    title: { en: "Another POP answered", zh: "由其他 POP 应答" },
    means: { en: FAILURE_REASONS.other_pop, zh: "应答的 POP 不是被请求的 POP。" },
    viewers: SLOW_FIRST,
    next: {
      en: "The POP may be drained. Retry later, or choose another POP of the same city.",
      zh: "该 POP 可能正在维护。稍后重试，或改选同城的其他 POP。",
    },
  },
  not_kept: {
    title: { en: "Not kept by the POP", zh: "POP 未缓存" },
    means: { en: FAILURE_REASONS.not_kept, zh: "下载完整，但 POP 没有保留该对象。" },
    viewers: { en: "Each viewer waits for the origin, now and later.", zh: "每位访客都要等待回源，之后也是如此。" },
    next: {
      en: "Check Cache-Control and the cache policy: `error` names the likely header.",
      zh: "检查 Cache-Control 与缓存策略；`error` 会指出可能的响应头。",
    },
  },
  not_cacheable: {
    title: { en: "Accepted, not sent (202)", zh: "源站仅接受请求（202）" },
    means: { en: FAILURE_REASONS.not_cacheable, zh: "源站返回 HTTP 202：接受了请求，但没有发送对象。" },
    viewers: {
      en: "Viewers most likely get the same answer, without the object.",
      zh: "访客很可能得到同样的应答，得不到对象。",
    },
    next: {
      en: "Make the origin answer with HTTP 200 and the object, or wait until it does. Then retry.",
      zh: "让源站返回 HTTP 200 和对象，或等到它这样应答，之后重试。",
    },
  },
  refused_address: {
    title: { en: "Address refused", zh: "地址被拒绝" },
    means: { en: FAILURE_REASONS.refused_address, zh: "POP 的地址是私有、保留地址，或不是地址。" },
    viewers: { en: "Nothing is known of what they meet.", zh: "无法判断访客会遇到什么。" },
    next: {
      en: "The name resolves to a private or reserved address. Check the DNS that Prewarm asks.",
      zh: "域名解析到了私有或保留地址，请检查所用的 DNS。",
    },
  },
  not_asked: {
    title: { en: "Not asked: its REC failed before", zh: "未请求：同区域先行者已失败" },
    means: {
      en: FAILURE_REASONS.not_asked,
      zh: "同一区域边缘缓存下已有两个 POP 请求过，源站失败或对象未被缓存，因此不再请求。",
    },
    viewers: { en: "They meet what the two POPs met that asked first.", zh: "与先行的两个 POP 相同。" },
    next: {
      en: "`error` names both. Solve the reason that they failed for, then retry.",
      zh: "`error` 指出了这两个 POP。解决它们的问题后重试。",
    },
  },
  lost: {
    title: { en: "No agent finished it", zh: "没有实例完成" },
    means: { en: FAILURE_REASONS.lost, zh: "任务多次入队，仍没有实例完成它。" },
    viewers: SLOW_FIRST,
    next: {
      en: "Retry. If it is always the same URL, look at the agents' log: it may end them.",
      zh: "重试。若总是同一个 URL，请查看实例日志。",
    },
  },
  no_distribution: {
    title: { en: "Not of a distribution", zh: "不属于任何分配" },
    means: { en: FAILURE_REASONS.no_distribution, zh: "URL 的域名没有指向任何分配。" },
    viewers: {
      en: "Nothing is known of what they meet: nothing was asked.",
      zh: "没有发出请求，无法判断访客会遇到什么。",
    },
    next: {
      en: "Correct the URL's host name, or name the distribution's *.cloudfront.net domain as `cf_domain`.",
      zh: "更正 URL 的域名，或在 `cf_domain` 中填写分配的 *.cloudfront.net 域名。",
    },
  },
  name_not_found: {
    title: { en: "Name not found", zh: "域名不存在" },
    means: { en: FAILURE_REASONS.name_not_found, zh: "域名在 DNS 中不存在，或没有 IPv4 地址。" },
    viewers: {
      en: "CloudFront sends no viewers to a POP without a name, and a distribution without one cannot be reached.",
      zh: "CloudFront 不会把访客引导到没有域名的 POP；没有域名的分配无法访问。",
    },
    next: {
      en: "Check the POP's code with `GET /pops`, or the distribution's domain. Retrying will not help.",
      zh: "用 `GET /pops` 核对 POP 代码，或检查分配的域名。重试没有用。",
    },
  },
  dns_unavailable: {
    title: { en: "The DNS resolver did not answer", zh: "DNS 解析器未应答" },
    means: { en: FAILURE_REASONS.dns_unavailable, zh: "DNS 解析器没有应答，或返回了错误。" },
    viewers: {
      en: "Nothing is known of what they meet: nothing was asked.",
      zh: "没有发出请求，无法判断访客会遇到什么。",
    },
    next: {
      en: "Check the resolver that `error` names, and that Prewarm reaches it: from its functions, or from this machine. Then retry.",
      zh: "检查 `error` 指出的解析器，以及 Prewarm（堆栈的函数，或本机）能否访问它，之后重试。",
    },
  },
  other: {
    title: { en: "Other", zh: "其他" },
    means: { en: FAILURE_REASONS.other, zh: "其他失败，或旧版本实例未记录原因的失败。" },
    viewers: { en: "Nothing is known of what they meet.", zh: "无法判断访客会遇到什么。" },
    next: { en: "Read `error` of the examples.", zh: "查看示例中的 `error`。" },
  },
};

const NOT_FOUND: Message = {
  en: "Correct the URL or remove it. Retrying will not help.",
  zh: "更正或移除该 URL。重试没有用。",
};
const FORBIDDEN: Message = {
  en: "The object may need a header or a signed URL. Send the header in `header`, or sign the URL.",
  zh: "对象可能需要请求头或签名 URL。在 `header` 中发送请求头，或对 URL 签名。",
};
const TOO_MANY: Message = { en: "Lower `origin`, then retry.", zh: "降低 `origin` 后重试。" };
const NEXT_BY_STATUS: ReadonlyMap<number | undefined, Message> = new Map([
  ...[404, 410].map((status) => [status, NOT_FOUND] as const),
  ...[401, 403].map((status) => [status, FORBIDDEN] as const),
  [429, TOO_MANY],
]);

/**
 * What a reason means, what viewers meet, and what to do next.
 * @param status of all failures that have the reason; undefined: they have several, or it is not known of all
 */
export function reasonText(reason: FailureReason, language: Language, status?: number): ReasonText {
  const { title, means, viewers, next } = REASON_MESSAGES[reason];
  const { [language]: nextStep } = (reason === "http_4xx" && NEXT_BY_STATUS.get(status)) || next;
  return { title: title[language], means: means[language], viewers: viewers[language], next: nextStep };
}

/** A group of failures, as far as it tells their status. */
interface StatusInput {
  readonly tasks: number;
  readonly urls: number | null;
  readonly examples: readonly { readonly http_status?: number | undefined }[];
}

/** The status of all failures of a group. Undefined: they have several, or its examples are not all of them. */
export function statusOfAll({ tasks, urls, examples }: StatusInput): number | undefined {
  const [status, ...others] = new Set(examples.map((it) => it.http_status));
  const areAll = examples.length >= (tasks > 0 ? tasks : (urls ?? Number.POSITIVE_INFINITY));
  return areAll && others.length === 0 ? status : undefined;
}

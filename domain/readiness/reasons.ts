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
  zh: "首批查看器需要等待 POP 取得对象。",
};
const SAME_ERROR = { en: "Viewers most likely get the same error.", zh: "查看器很可能遇到同样的错误。" };
const UNKNOWN = { en: "The effect on viewers is unknown.", zh: "对查看器的影响未知。" };
const UNKNOWN_AS_NOT_REQUESTED = {
  en: "The effect on viewers is unknown, because nothing was requested.",
  zh: "没有发出请求，因此对查看器的影响未知。",
};

/** A row has both languages. */
export const REASON_MESSAGES: Readonly<Record<FailureReason, ReasonText<Message>>> = {
  timeout: {
    title: { en: "Timeout", zh: "响应超时" },
    means: { en: FAILURE_REASONS.timeout, zh: "在允许的时间内没有响应，或没有后续数据。" },
    viewers: { en: "Viewers wait long, or get HTTP 504.", zh: "查看器需要长时间等待，或收到 HTTP 504。" },
    next: {
      en: "Check the origin's load and response times. Lower the origin limits, then retry.",
      zh: "检查源站的负载和响应时间。降低源站限制，然后重试。",
    },
  },
  connection: {
    title: { en: "Connection failed", zh: "连接失败" },
    means: {
      en: FAILURE_REASONS.connection,
      zh: "未能及时建立连接，或连接被拒绝、重置，或在响应之前关闭，或收到的不是 HTTP。",
    },
    viewers: SLOW_FIRST,
    next: {
      en: "Retry. If the same POP fails again, select another POP in the same city.",
      zh: "重试。如果同一个 POP 再次失败，请选择同城的其他 POP。",
    },
  },
  tls: {
    title: { en: "TLS failed", zh: "TLS 失败" },
    means: { en: FAILURE_REASONS.tls, zh: "服务器证书与域名不符，或 TLS 因其他原因失败。" },
    viewers: { en: "Viewers get a certificate warning, or no connection.", zh: "查看器会收到证书警告，或无法连接。" },
    next: {
      en: "Check that the certificate of the distribution covers the host names of the URLs, and that `cf_domain` is correct.",
      zh: "确认该 CloudFront 分配的证书涵盖 URL 中的域名，并确认 `cf_domain` 正确。",
    },
  },
  redirect: {
    title: { en: "Redirect", zh: "重定向" },
    means: { en: FAILURE_REASONS.redirect, zh: "响应重定向到另一个 URL，Prewarm 不会跟随。" },
    viewers: { en: "Viewers are redirected to a URL that was not warmed.", zh: "查看器会被重定向到未预热的 URL。" },
    next: { en: "Add the target URL of the redirect to the list.", zh: "将重定向的目标 URL 添加到列表。" },
  },
  http_4xx: {
    title: { en: "Client error (4xx)", zh: "客户端错误（4xx）" },
    means: { en: FAILURE_REASONS.http_4xx, zh: "边缘或源站拒绝了请求。" },
    viewers: SAME_ERROR,
    next: {
      en: "HTTP 404: correct or remove the URL; retrying will not help. HTTP 401 or 403: the object may need a header or a signed URL. HTTP 429: lower the origin limits, then retry.",
      zh: "HTTP 404：更正或移除该 URL，重试无济于事。HTTP 401 或 403：对象可能需要标头或签名 URL。HTTP 429：降低源站限制，然后重试。",
    },
  },
  http_5xx: {
    title: { en: "Server error (5xx)", zh: "服务器错误（5xx）" },
    means: { en: FAILURE_REASONS.http_5xx, zh: "边缘或源站出错。" },
    viewers: SAME_ERROR,
    next: {
      en: "Check the origin first. CloudFront's request ID in the report helps AWS Support. Then retry.",
      zh: "先检查源站。报告中的 CloudFront 请求 ID 可提供给 AWS Support。然后重试。",
    },
  },
  waf: {
    title: { en: "Challenged by AWS WAF", zh: "被 AWS WAF 质询" },
    means: { en: FAILURE_REASONS.waf, zh: "AWS WAF 返回了质询或 CAPTCHA，而不是对象。" },
    viewers: {
      en: "Browsers usually pass the challenge; other clients do not get the object. It may not be cached.",
      zh: "浏览器通常能通过质询，其他客户端无法获取对象。对象可能未被缓存。",
    },
    next: {
      en: "Add a rule to the web ACL that allows requests with a secret header, add that header to the request, then retry.",
      zh: "在 Web ACL 中添加规则，允许带有保密标头的请求；在预热请求中添加该标头，然后重试。",
    },
  },
  generated: {
    title: { en: "Generated at the edge", zh: "由边缘函数生成" },
    means: { en: FAILURE_REASONS.generated, zh: "边缘函数生成了响应，而不是由缓存或源站返回。" },
    viewers: {
      en: "Viewers get the response of the function. No cache needs to keep it.",
      zh: "查看器会得到该函数的响应，缓存无需保留它。",
    },
    next: {
      en: "Remove the URL, or change the function so that it passes these requests on. Then retry.",
      zh: "移除该 URL，或更改该函数，使其转发这些请求。然后重试。",
    },
  },
  error_page: {
    title: { en: "Custom error page with status 200", zh: "状态码为 200 的自定义错误页面" },
    means: {
      en: FAILURE_REASONS.error_page,
      zh: "CloudFront 返回了状态码为 200 的自定义错误页面（x-cache: Error）。",
    },
    viewers: { en: "Viewers most likely get the same error page.", zh: "查看器很可能看到同样的错误页面。" },
    next: {
      en: "Check the origin first: the custom error response hides its status. Retry after the error caching minimum TTL.",
      zh: "先检查源站：自定义错误响应掩盖了它的状态码。等错误缓存最短 TTL 过后再重试。",
    },
  },
  incomplete: {
    title: { en: "Incomplete response", zh: "响应不完整" },
    means: {
      en: FAILURE_REASONS.incomplete,
      zh: "正文中断；或长度与 Content-Length 或探测到的大小不符；或无法判断正文在何处结束。",
    },
    viewers: { en: "Viewers may get an incomplete file.", zh: "查看器可能得到不完整的文件。" },
    next: {
      en: "Check that the origin sends the correct Content-Length and keeps connections open. Then retry.",
      zh: "确认源站发送正确的 Content-Length，并且不会提前关闭连接。然后重试。",
    },
  },
  too_large: {
    title: { en: "Too large", zh: "对象过大" },
    means: { en: FAILURE_REASONS.too_large, zh: "正文远大于探测到的大小，或超过 CloudFront 可缓存的上限。" },
    viewers: {
      en: "CloudFront may not cache the object, so every viewer waits for the origin.",
      zh: "CloudFront 可能不缓存该对象，每个查看器都要等待源站。",
    },
    next: {
      en: "Compare the size with the size that Prewarm probed. CloudFront caches objects of up to 50 GB.",
      zh: "将对象的大小与 Prewarm 探测到的大小比较。CloudFront 可缓存的对象最大为 50 GB。",
    },
  },
  too_slow: {
    title: { en: "Too slow", zh: "下载过慢" },
    means: { en: FAILURE_REASONS.too_slow, zh: "正文到达过慢，会长时间占用一台实例。" },
    viewers: {
      en: "Viewers download equally slowly until the POP has the object.",
      zh: "在 POP 取得对象之前，查看器的下载同样缓慢。",
    },
    next: {
      en: "Check the origin's bandwidth, or warm fewer POPs at a time. Then retry.",
      zh: "检查源站带宽，或减少同时预热的 POP 数量。然后重试。",
    },
  },
  other_pop: {
    title: { en: "Another POP responded", zh: "由其他 POP 响应" },
    means: { en: FAILURE_REASONS.other_pop, zh: "响应的 POP 不是所请求的 POP。" },
    viewers: SLOW_FIRST,
    next: {
      en: "The POP may be out of service. Retry later, or select another POP in the same city.",
      zh: "该 POP 可能已停止服务。稍后重试，或选择同城的其他 POP。",
    },
  },
  not_kept: {
    title: { en: "Not kept by the POP", zh: "POP 未保留" },
    means: { en: FAILURE_REASONS.not_kept, zh: "下载完整，但 POP 没有保留该对象。" },
    viewers: { en: "Every viewer waits for the origin, now and later.", zh: "每个查看器都要等待源站，以后也是如此。" },
    next: {
      en: "Check Cache-Control and the cache policy. `error` names the likely header.",
      zh: "检查 Cache-Control 和缓存策略。`error` 指出可能导致此问题的标头。",
    },
  },
  not_cacheable: {
    title: { en: "Accepted without the object (202)", zh: "已接受但未返回对象（202）" },
    means: { en: FAILURE_REASONS.not_cacheable, zh: "源站返回 HTTP 202：接受了请求，但没有发送对象。" },
    viewers: {
      en: "Viewers most likely get the same response, without the object.",
      zh: "查看器很可能得到同样的响应，无法获取对象。",
    },
    next: {
      en: "Configure the origin to respond with HTTP 200 and the object, or wait until it does. Then retry.",
      zh: "将源站配置为返回 HTTP 200 和对象，或等到源站这样返回之后，再重试。",
    },
  },
  refused_address: {
    title: { en: "Private or reserved address", zh: "私有或保留地址" },
    means: { en: FAILURE_REASONS.refused_address, zh: "POP 的地址是私有地址、保留地址，或不是有效地址。" },
    viewers: UNKNOWN,
    next: {
      en: "The name resolves to a private or reserved address. Check the DNS resolver that Prewarm uses.",
      zh: "域名解析到私有或保留地址。请检查 Prewarm 所用的 DNS 解析器。",
    },
  },
  not_asked: {
    title: {
      en: "Skipped: two POPs under this regional edge cache (REC) already failed",
      zh: "已跳过：同一区域边缘缓存（REC）下已有两个 POP 失败",
    },
    means: {
      en: FAILURE_REASONS.not_asked,
      zh: "此前已通过同一区域边缘缓存（REC）下的两个 POP 请求过，源站出错或对象未被保留，因此跳过了此 POP。",
    },
    viewers: {
      en: "Viewers get the same result as the two POPs that were tried.",
      zh: "查看器得到的结果与已尝试的两个 POP 相同。",
    },
    next: {
      en: "`error` names both POPs. Fix the reason why they failed, then retry.",
      zh: "`error` 指出这两个 POP。解决它们失败的原因，然后重试。",
    },
  },
  lost: {
    title: { en: "No agent finished the task", zh: "没有代理程序完成此任务" },
    means: { en: FAILURE_REASONS.lost, zh: "任务已多次入队，但没有任何代理程序完成它。" },
    viewers: SLOW_FIRST,
    next: {
      en: "Retry. If the same URL fails again, check the log of the agents: the URL may crash them.",
      zh: "重试。如果同一个 URL 再次失败，请检查代理程序的日志：该 URL 可能导致代理程序崩溃。",
    },
  },
  no_distribution: {
    title: { en: "No matching distribution", zh: "没有匹配的分配" },
    means: { en: FAILURE_REASONS.no_distribution, zh: "URL 的域名没有指向任何分配。" },
    viewers: UNKNOWN_AS_NOT_REQUESTED,
    next: {
      en: "Correct the host name of the URL, or set `cf_domain` to the *.cloudfront.net domain name of the distribution.",
      zh: "更正 URL 的域名，或在 `cf_domain` 中填写该 CloudFront 分配的 *.cloudfront.net 域名。",
    },
  },
  name_not_found: {
    title: { en: "DNS name not found", zh: "DNS 名称不存在" },
    means: { en: FAILURE_REASONS.name_not_found, zh: "该名称在 DNS 中不存在，或没有 IPv4 地址。" },
    viewers: {
      en: "CloudFront sends no viewers to a POP without a DNS name. A distribution without one cannot be reached.",
      zh: "CloudFront 不会将查看器路由到没有 DNS 名称的 POP。没有 DNS 名称的分配无法访问。",
    },
    next: {
      en: "Check that the list of known POPs contains the code of the POP, and that the domain name of the distribution is correct. Retrying will not help.",
      zh: "请确认已知 POP 列表中有该 POP 代码，并确认该 CloudFront 分配的域名正确。重试无济于事。",
    },
  },
  dns_unavailable: {
    title: { en: "The DNS resolver did not respond", zh: "DNS 解析器未响应" },
    means: { en: FAILURE_REASONS.dns_unavailable, zh: "DNS 解析器没有响应，或返回错误。" },
    viewers: UNKNOWN_AS_NOT_REQUESTED,
    next: {
      en: "Check the resolver that `error` names, and whether Prewarm (its functions, or this machine) can reach it. Then retry.",
      zh: "检查 `error` 指出的解析器，以及 Prewarm（其函数或本机）能否访问它。然后重试。",
    },
  },
  other: {
    title: { en: "Other", zh: "其他" },
    means: { en: FAILURE_REASONS.other, zh: "其他失败，包括旧版代理程序未记录原因的失败。" },
    viewers: UNKNOWN,
    next: { en: "See `error` in the examples.", zh: "请查看示例中的 `error`。" },
  },
};

const NOT_FOUND: Message = {
  en: "Correct the URL or remove it. Retrying will not help.",
  zh: "更正或移除该 URL。重试无济于事。",
};
const FORBIDDEN: Message = {
  en: "The object may need a header or a signed URL. Add the header to the request, or sign the URL.",
  zh: "对象可能需要标头或签名 URL。在预热请求中添加该标头，或对 URL 签名。",
};
const TOO_MANY: Message = { en: "Lower the origin limits, then retry.", zh: "降低源站限制后重试。" };
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

/**
 * The status of all failures of a group. Undefined: they have several, or its examples are not all of them. While the request is active,
 * that of its examples: advice for other statuses would be for failures that nobody has seen.
 */
export function statusOfAll({ tasks, urls, examples }: StatusInput): number | undefined {
  const [status, ...others] = new Set(examples.map((it) => it.http_status));
  const areAll = urls === null || examples.length >= (tasks > 0 ? tasks : urls);
  return areAll && others.length === 0 ? status : undefined;
}

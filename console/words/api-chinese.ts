import type { Warning } from "../../domain/api/warnings.ts";
import type { FindingCode } from "../../domain/distribution/findings.ts";
import type { Language } from "../../domain/format.ts";
import type { CapName } from "../../domain/request/caps.ts";
import { isDailyLimit, READ_ONLY_KEY } from "../../domain/validation/api-error.ts";

// What the API says in English, in Chinese: by the code, the field or the status that comes with it.

const WARNINGS: Readonly<Record<Warning["code"], string>> = {
  no_tier:
    "部分命中的响应未说明由哪一级缓存提供，可能是区域边缘缓存。请将已启用 Server-Timing 的响应标头策略附加到缓存行为（采样率不限）。",
  no_age: "部分命中没有 Age 标头，可能是请求折叠后共享的响应。请检查是否有函数或响应标头策略移除了 Age。",
  age_constant:
    "部分命中的 Age 没有随时间增加（不变、减小、跳变，或只有一次检查命中），可能是请求折叠后共享的响应。请检查是否有函数或响应标头策略设置 Age，以及这些对象是否大量回源。",
  origin_age:
    "源站自行发送 Age 标头，无论是否缓存，它都会增加，因此部分命中不能证明缓存。在源站移除该标头后即可验证这些任务。",
  skipped_uncached: "部分 URL 因 CloudFront 不缓存而被跳过（skip_uncached）。查看器会从源站获取它们。",
  may_not_be_kept:
    "部分 URL 的响应标头禁止任何缓存保留对象。缓存策略的最小 TTL 可以覆盖这些标头，因此对象仍可能被缓存。",
  not_compressed:
    "部分任务请求 br 或 gzip，得到的文本却没有 Content-Encoding，POP 目前缓存的就是未压缩的内容。原因可能是缓存行为未启用压缩、未压缩的内容先被缓存，或 CloudFront 当时没有资源进行压缩。",
  size_changed:
    "部分任务的对象完整（与 Content-Length 一致），但大于探测时的大小：对象在此期间被替换，或源站对 HEAD 请求给出的大小不同。total_size 为探测到的大小。",
  no_capacity:
    "这些实例超过十分钟未能启动：堆栈所用的实例类型没有竞价型实例（Spot）容量，或已达到配额，原因见 Auto Scaling 组的活动历史记录。可增加实例类型（参数 instanceTypes）、提高 onDemandPercent，或请求提高配额。",
};

/** What is found in the settings of a distribution. The English text names it. */
const FINDINGS: Readonly<Record<FindingCode, string>> = {
  viewer_mtls: "该分配要求客户端证书，而 Prewarm 没有。预热期间请将查看器 mTLS 设为“可选”（optional）。",
  disabled: "该分配已禁用，请先启用。",
  not_deployed: "该分配正在部署，请等到其状态变为“已部署”（Deployed）。",
  staging: "暂存分配须用主分配的域名和持续部署策略的标头访问。",
  cache_tags: "该分配没有 CacheTagConfig，按标签失效不起作用。请设置它，或改用路径。",
  template: "这是多租户分配的模板，请使用其分配租户的域名。",
  routing_endpoint: "这是连接组的路由端点，请使用分配租户的域名。",
  web_acl: "Web ACL 的这条规则可能阻止下载。请允许带有保密标头的请求，并在 header 中发送该标头。",
  continuous_deployment: "主分配与暂存分配不共享缓存。",
  price_class: "价格级别不包含部分 POP，请去掉它们或更改级别。",
  anycast_ips: "任播静态 IP：POP 的域名不一定指向该 POP，请先试一个 URL。",
  server_timing: "这些 URL 的命中不说明由哪一级缓存提供，请启用 Server-Timing。",
  not_cached: "CloudFront 不缓存这些 URL，请去掉它们。",
  query_strings: "缓存键包含查询字符串，请列出带有查看器实际发送的查询字符串的 URL。",
  cookies: "缓存键包含 Cookie，请在 header 或 variants 中发送查看器的 Cookie。",
  signed: "访问这些 URL 需要签名 URL 或签名 Cookie，而本请求两者都没有。",
  not_checked: "部分配置无法读取，未经检查。",
};

const CAPS: Readonly<Record<CapName, { readonly unit: string; readonly bounds: string }>> = {
  maxInstances: { unit: "台实例", bounds: "实例数上限（无论请求要求多少），也是 Auto Scaling 组的最大容量" },
  maxTimeout: { unit: "分钟", bounds: "一个请求的最长超时" },
  maxActiveRequests: { unit: "个请求", bounds: "可同时进行的请求数" },
  maxTasks: { unit: "个任务", bounds: "一个请求的最大任务数：URL 数 × 变体数 × POP 数" },
  maxRequestBytes: {
    unit: "字节",
    bounds: "一个请求（所有下载与检查）可传输的最大字节数，以事先已知的大小为准；超过则以 FAILED 结束",
  },
  maxDailyTasks: { unit: "个任务", bounds: "一个 UTC 日内所有请求的最大任务数" },
  maxDailyBytes: {
    unit: "字节",
    bounds: "一个 UTC 日内所有请求在下载与检查中可传输的最大字节数：进行中按已知大小计，结束后按实际传输计",
  },
};

/** Why a request ended as FAILED, by what the API's reason begins with. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [/^max_failures:/, "失败的任务数超过了最大失败数"],
  [/^max_bytes:/, "要传输的字节数超过了最大字节数"],
  [/^(transferred_bytes|total_count) of /, "请求超出本部署当天（UTC）的限制"],
  [/^(transferred_bytes|total_count):|^sources: URLs/, "请求超出本部署的限制"],
  [/^sources/, "来源无法读取，或其中没有可预热的 URL"],
  [/^(need_)?invalidate/, "失效未完成，没有预热任何内容"],
  [/^No POP resolved|no POP resolved/, "没有可解析的 POP"],
  [/^No URL can be read/, "没有可读取的 URL"],
  [/ stalled in /, "某个步骤多次未能完成"],
];

const INSTANCES = "应为 0 到 300 的整数，且不超过本部署的限制。";

const FIELDS: ReadonlyMap<string, string> = new Map([
  ["url_list", "这些 URL 不能预热：应为 http 或 https 的绝对 URL，且属于本账户的分配或分配租户。"],
  ["sources", "来源填写有误，或无法读取。"],
  ["cf_domain", "应为 CloudFront 分配自身的域名（如 d111111abcdef8.cloudfront.net）、其备用域名，或分配租户的域名。"],
  ["pops", "POP 填写有误，或任务总数超出限制。"],
  ["target_type", "POP 的选择方式有误。"],
  ["timeout", "应为 1 到 10080 分钟，且不超过本部署的限制。"],
  ["instance_count", INSTANCES],
  ["DesiredCapacity", INSTANCES],
  ["header", "每行应为“名称: 值”，且是允许发送的标头。"],
  ["variants", "变体填写有误。"],
  ["verify", "验证方式有误，应为 edge 或 off。"],
  ["downloads", "下载次数有误，应为 auto、1 或 2；范围为区域边缘缓存时不能为 2。"],
  ["scope", "范围有误，应为 pop 或 regional；regional 需要验证。"],
  ["origin", "最大回源速率和最大回源并发应为正数。"],
  ["need_invalidate", "无法按这样的设置使缓存失效。"],
  ["invalidate", "路径以 / 开头，* 只能在末尾，带 * 的路径最多 15 个；标签只能用 ASCII 字符，不含空格、逗号和 *。"],
  ["max_bytes", "应为正整数，单位是字节。"],
  ["max_failures", "应为不小于 0 的整数。"],
  ["skip_uncached", "CloudFront 不缓存其中任何 URL，没有可预热的内容。"],
  ["client_token", "幂等性令牌最长 64 个字符，且不能用于另一个请求。"],
  ["retry_of", "这个请求不能重试。"],
]);

const STATUSES: ReadonlyMap<number, string> = new Map([
  [400, "API 拒绝了此调用。"],
  // A wrong key is told otherwise.
  [403, "API 的资源策略不允许从此地址调用：请检查堆栈参数 allowedCidrs。"],
  [404, "找不到此请求。"],
  [409, "请求当前的状态不允许此操作。"],
  [413, "内容过大，API 不接受。"],
  [429, "调用过于频繁，请稍后再试。"],
]);

/** Undefined for a code that a newer release knows. */
export function warningInChinese(code: string): string | undefined {
  return new Map(Object.entries(WARNINGS)).get(code);
}

/** What a limit of the deployment bounds. Undefined for a parameter that a newer release knows. */
export function capInChinese(parameter: string): { readonly unit: string; readonly bounds: string } | undefined {
  return new Map(Object.entries(CAPS)).get(parameter);
}

/** Why a request ended as FAILED, for who reads the language. Undefined where there is no Chinese for it. */
export function reasonIn(language: Language, reason: string | undefined): string | undefined {
  return language === "en" || reason === undefined ? reason : REASONS.find(([begins]) => begins.test(reason))?.[1];
}

/** What is found in a distribution's settings, by the code that a text of the API begins with. Undefined: by none. */
export function findingInChinese(text: string): string | undefined {
  return new Map(Object.entries(FINDINGS)).get(text.split(": ", 1)[0] ?? "");
}

/** What a field takes, said where the API refuses its value. */
export function fieldInChinese(field: string): string | undefined {
  return FIELDS.get(field);
}

/** What a refusal means, by the field that its message begins with, or by its HTTP status. */
export function refusalInChinese(status: number, message: string): string | undefined {
  const [, field = ""] = /^([A-Za-z_]+)[:[.]/.exec(message) ?? [];
  if (message === READ_ONLY_KEY) return "此 API 密钥只能读取，不能启动、停止或更改任何内容。";
  if (status === 429 && isDailyLimit(message)) return "本部署当天（UTC）的任务数或传输字节数已达上限。";
  const ofField = status === 400 ? (findingInChinese(message) ?? fieldInChinese(field)) : undefined;
  return ofField ?? STATUSES.get(status) ?? (status >= 500 ? "API 内部出错。" : undefined);
}

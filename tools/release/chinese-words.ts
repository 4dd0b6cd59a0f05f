/**
 * Chinese for the texts of the API reference, by the English ones: descriptions of the schemas and routes, rows of tables. `npm run gen docs`
 * fails for a text that lacks here; a test finds one that nothing uses any more. The terms are those of AWS's Chinese documentation.
 */
export const CHINESE: Readonly<Record<string, string>> = {
  // Headings and words of the reference itself.
  "The API": "API",
  route: "路由",
  "what it does": "作用",
  field: "字段",
  meaning: "含义",
  status: "状态",
  error: "错误",
  action: "如何处理",
  code: "代码",
  outcome: "结果",
  verdict: "结论",
  basis: "依据",
  rec_basis: "依据",
  column: "列",
  what: "项目",
  least: "最小",
  most: "最大",
  string: "字符串",
  integer: "整数",
  number: "数字",
  boolean: "布尔值",
  object: "对象",
  time: "时间",
  URL: "URL",
  "{type} or null": "{type}，可为 null",
  "default {value}": "默认 {value}",
  "({traits})": "（{traits}）",
  ", ": "、",
  "; ": "；",
  ".": "。",
  "See {link}.": "参见{link}。",
  "{names}: see {link}.": "{names}：参见 {link}。",
  Answer: "响应",
  Errors: "错误",
  Objects: "对象",
  Statuses: "状态",
  "Failure reasons": "失败原因",
  Warnings: "警告",
  "How a code is known": "POP 代码的依据",
  "How a REC is known": "区域边缘缓存的依据",
  "The report": "报告",
  "All results": "全部结果",
  "Limits of one request": "一个预热请求的限制",
  Event: "事件",
  Events: "事件",
  Hosts: "主机名",
  Countries: "国家/地区",
  Regions: "区域",
  Headers: "标头",
  Invalidation: "失效",
  Verification: "验证",
  Variants: "变体",
  Downloads: "下载次数",
  Scope: "范围",
  Origin: "源站",
  "Uncached URLs": "不缓存的 URL",
  Sources: "来源",
  Retries: "重试",
  Checks: "检查",
  Reasons: "原因",
  Prices: "价格",
  "Embedded POPs": "嵌入式 POP",
  "Errors in the report": "报告中的错误",
  "GET /console": "GET /console",
  "Each call needs the header `x-api-key`.": "每次调用都需要标头 `x-api-key`。",
  "Bodies and answers are JSON.": "请求体和响应均为 JSON。",
  "Times are UTC, such as `2024-04-16 03:12:21.046000`.": "时间均为 UTC，例如 `2024-04-16 03:12:21.046000`。",
  "`?` marks a field that can be absent.": "`?` 表示该字段可以不出现。",
  "`timestamp` is the time of the answer.": "`timestamp` 是响应的时间。",
  "`$API` is the address of the API with a slash at its end, `$KEY` the key, `$REQ` the ID of a request.":
    "`$API` 是 API 的地址（以斜杠结尾），`$KEY` 是密钥，`$REQ` 是预热请求的 ID。",
  "Ignore unknown fields: later releases may add some.": "请忽略未知的字段：以后的版本可能增加字段。",

  // Routes.
  "Makes a request": "创建预热请求",
  "Returns the progress of a request": "返回预热请求的进度",
  "Returns the result of a request that has ended": "返回已结束的预热请求的结果",
  "Lists the requests of the last 30 days": "列出最近 30 天的预热请求",
  "Sets the number of instances; stops a request": "设置实例数；停止预热请求",
  "Returns the number of instances": "返回实例数",
  "Lists the POPs that Prewarm knows": "列出 Prewarm 已知的 POP",
  "Returns the limits of the deployment": "返回部署的限制",
  "Returns the OpenAPI description": "返回 OpenAPI 描述",
  "The console; the only route without a key": "控制台；唯一不需要密钥的路由",
  "Warms a set of URLs at a set of POPs. A new request needs `timeout`, `instance_count`, and `url_list` or `sources` or both. A retry needs only `retry_of`, and `header` and `variants` if the first request had them. If a field is wrong or unknown, nothing is made. POPs, countries and regions are not case-sensitive. `null` omits an optional field.":
    "在一组 POP 上预热一组 URL。新的预热请求需要 `timeout`、`instance_count`，以及 `url_list` 和 `sources` 中的一个或两个。重试只需要 `retry_of`；如果第一个预热请求有 `header` 和 `variants`，也需要它们。如果有字段错误或未知，则不创建任何内容。POP、国家/地区和区域不区分大小写。可选字段设为 `null` 等同于不填。",
  "Returns the state of a request. Agents report every ten seconds.":
    "返回预热请求的当前情况。实例上的代理程序（agent）每十秒报告一次。",
  "Returns the verdict, the failures by reason, and links to the report and to all results.":
    "返回结论、按原因分组的失败，以及报告和全部结果的链接。",
  "Lists the requests a page at a time. With `status`, a page can have fewer than `limit` requests although there are more: read on until `next` is null.":
    "分页列出预热请求。使用 `status` 时，即使还有更多，一页也可能少于 `limit` 个：请继续读取，直到 `next` 为 null。",
  "Sets the number of instances that all active requests share, or stops a request. 0 pauses the requests; a larger number resumes them. With `force_stop`, the group keeps the instances that other requests need.":
    "设置所有进行中的预热请求共用的实例数，或停止一个预热请求。0 使预热请求暂停；较大的数使其恢复。使用 `force_stop` 时，实例组保留其他预热请求需要的实例。",
  "Returns the desired number of instances.": "返回所需的实例数。",
  "Lists the whole catalogue of POPs in one answer. Each entry states how it is known.":
    "在一个响应中列出整个 POP 目录。每一项都说明依据。",
  "Returns the limits of the deployment.": "返回部署的各项限制。",
  "Returns the OpenAPI 3.1 description of the deployed release. For Postman: save it, choose Import, set the variable `baseUrl` of the collection to `$API` without its last slash, and its authorization to API Key, with `x-api-key` and the value of the key.":
    "返回已部署版本的 OpenAPI 3.1 描述。用于 Postman：保存后选择 Import，将集合的变量 `baseUrl` 设为不带末尾斜杠的 `$API`，并将授权设为 API Key：`x-api-key` 和密钥的值。",

  // What to do about errors.
  "Correct the named fields.": "更正错误消息指出的字段。",
  "Correct the named field.": "更正错误消息指出的字段。",
  "Lower the value, or raise the parameter.": "减小该值，或调大该参数。",
  "Correct the ID.": "更正 ID。",
  "If you mean another request, send a new token.": "如果是另一个预热请求，请发送新的令牌。",
  "Wait for its end.": "等它结束。",
  "Wait for its end, then retry it.": "等它结束，然后改为重试它。",
  "Add `req_id`.": "添加 `req_id`。",
  "Read `results_url`.": "读取 `results_url`。",
  "Use your own copy.": "请使用您自己的副本。",
  "Call again.": "稍后再次调用。",
  "Correct `limit`.": "更正 `limit`。",
  "Nothing: the request has ended.": "无需处理：预热请求已结束。",
  "Send a name that the message lists.": "改用错误消息列出的名称。",
  "Send this deployment's key. A new key takes a minute.": "发送此部署的密钥。新的密钥需要一分钟才能生效。",
  "Call from an allowed address.": "从允许的地址调用。",
  "Send several requests, each with a part of the list.": "把列表拆分为多个预热请求。",
  "Wait a second and call again; double the wait each time.": "等待一秒后再次调用；每次加倍等待时间。",
  "Wait until tomorrow, or raise the parameter.": "等到次日，或调大该参数。",
  "Call again. If it persists, give the ID to whoever runs the stack.":
    "再次调用。如果问题持续，请把此 ID 交给堆栈的运维人员。",
  "POST /prewarm: `error_message` has up to 50 errors, separated by `; `; `error_urls` has the invalid URLs.":
    "POST /prewarm：`error_message` 有最多 50 个错误，以 `; ` 分隔；`error_urls` 有无效的 URL。",
  "GET and POST /instances:": "GET 和 POST /instances：",
  "Other routes:": "其他路由：",
  "API Gateway:": "API Gateway：",
  "All routes:": "所有路由：",

  // Bodies and parameters.
  "Absolute `http://` or `https://` URLs on the default port. Fragments and duplicates are removed.":
    "使用默认端口的 `http://` 或 `https://` 绝对 URL。片段（`#` 及其后的部分）和重复的 URL 会被去除。",
  "Domain name of the distribution or distribution tenant. Absent: the hosts of the URLs decide.":
    "分配或分配租户的域名。不填：由 URL 的主机名决定。",
  "Which of the next three lists applies. Required if two are not empty.":
    "以下三个列表中以哪一个为准。有两个列表不为空时必填。",
  "Codes of POPs, as in `x-amz-cf-pop`. If all three lists are empty: the default sets of all regions but `cn`, about 30 POPs.":
    "POP 的代码，与 `x-amz-cf-pop` 中的一致。三个列表均为空：除 `cn` 外所有区域的默认集合，约 30 个 POP。",
  "Names (`south_korea`) or ISO codes (`KR`).": "英文名称（`south_korea`）或 ISO 代码（`KR`）。",
  "`apac`, `au`, `ca`, `cn`, `eu`, `jp`, `sa`, `us`: each selects its default set.":
    "`apac`、`au`、`ca`、`cn`、`eu`、`jp`、`sa`、`us`：各自选择其默认集合。",
  "Required without `retry_of`. Minutes after which the request ends as TIMEOUT.":
    "没有 `retry_of` 时必填。超时的分钟数；到时预热请求以 TIMEOUT 结束。",
  "Lines `Name: value` for all requests to CloudFront. Without `Accept-Encoding`, Prewarm sends `gzip, deflate, br`.":
    "发往 CloudFront 的所有请求都带上的标头，每项一个，格式为 `名称: 值`。没有 `Accept-Encoding` 时发送 `gzip, deflate, br`。",
  "Required without `retry_of`. Instances that the request needs. The group grows to this number. 0: wait for POST /instances.":
    "没有 `retry_of` 时必填。预热请求需要的实例数。实例组会扩展到这个数量。0：等待 POST /instances。",
  "Invalidate the URLs first, and wait. Each is billed as a path. The distribution must be in this account.":
    "先使这些 URL 失效，并等待完成。每个 URL 按一个路径计费。分配必须属于本账户。",
  "Invalidate these paths and cache tags first, and wait.": "先使这些路径和缓存标签失效，并等待完成。",
  "`edge`: check after the downloads whether the cache keeps the object. `off`: no check.":
    "`edge`：下载之后检查缓存是否保留对象。`off`：不检查。",
  "Whole downloads of an object by a task. CloudFront admits an object to a POP on its second request. `auto`: a second download unless a response shows that the POP keeps the object. `1`: half the bytes; the object may be in the regional edge cache (REC) only.":
    "一个任务完整下载对象的次数。CloudFront 在第二次请求时才让 POP 保留对象。`auto`：除非响应表明 POP 已保留对象，否则再下载一次。`1`：字节数减半；对象可能只在区域边缘缓存中。",
  "Caches to warm. `pop`: the selected POPs. `regional`: only their regional edge caches (RECs), by one download each; needs `verify: edge` and not `downloads: 2`.":
    "要预热的缓存。`pop`：所选的 POP。`regional`：仅其区域边缘缓存，每个下载一次；需要 `verify: edge`，不能使用 `downloads: 2`。",
  "Warm each URL in each variant, in this order.": "按此顺序预热每个 URL 的每个变体。",
  "Limits for requests of all instances to the origin. Absent: no limit.": "所有实例合计的回源限制。不填：不限制。",
  "Maximum rate.": "最大速率。",
  "Maximum concurrency.": "最大并发数。",
  "Omit URLs whose cache behavior does not cache.": "跳过其缓存行为不进行缓存的 URL。",
  "If all downloads and checks would transfer more, by the known sizes, the request ends as FAILED before its downloads. Absent: no limit but the deployment's.":
    "如果按已知大小，所有下载与检查传输的字节数会超过此值，预热请求在开始下载之前以 FAILED 结束。不填：只受部署的限制。",
  "Idempotency token, 1–64 ASCII characters without spaces. Send the same token with each attempt of a call: for 24 hours, the same token and fields, in any order, return the same request. A rejected call frees its token.":
    "幂等性令牌，1–64 个 ASCII 字符，不含空格。同一调用的每次尝试都发送相同的令牌：24 小时内，相同的令牌和字段（顺序不限）返回同一个预热请求。被拒绝的调用会释放其令牌。",
  "Documents and bucket prefixes with more URLs.": "提供更多 URL 的文档和存储桶前缀。",
  "Return an estimate and make no request; `client_token` is ignored.":
    "返回预估，不创建预热请求；忽略 `client_token`。",
  "ID of a request that has ended. The new request warms what failed in it, with its settings. Omit `url_list`, `sources`, `target_type`, `pops`, `countries`, `regions`, `skip_uncached` and `dry_run`.":
    "已结束的预热请求的 ID。新的预热请求沿用其设置，预热其中失败的部分。请不要填写 `url_list`、`sources`、`target_type`、`pops`、`countries`、`regions`、`skip_uncached` 和 `dry_run`。",
  "If more tasks fail, the request ends as FAILED. 0: at the first failure. Absent: no limit.":
    "如果失败的任务超过此数，预热请求以 FAILED 结束。0：第一个失败即结束。不填：不限制。",
  "New number of instances.": "新的实例数。",
  "The request to stop. Required with `force_stop`; otherwise only checked.":
    "要停止的预热请求。使用 `force_stop` 时必填；否则仅检查。",
  "Stop this request.": "停止该预热请求。",
  "More fields of the answer: one or several, separated by commas; `sent` alone.":
    "要在响应中增加的内容：一个或多个，用逗号分隔；`sent` 只能单独使用。",
  "Requests on a page.": "每页的预热请求数。",
  "Only requests with this status.": "仅列出此状态的预热请求。",
  "`next` of the previous page.": "上一页的 `next`。",
  "Only POPs in this country: English name or two-letter ISO code.":
    "仅列出此国家/地区的 POP：英文名称或两个字母的 ISO 代码。",
  "Only POPs in this region.": "仅列出此区域的 POP。",
  "What to invalidate. At least one entry is required.": "要使其失效的内容。至少需要一项。",
  "Paths, such as `/patch/*`.": "路径，例如 `/patch/*`。",
  "Cache tags. The distribution needs a `CacheTagConfig`.": "缓存标签。分配需要有 `CacheTagConfig`。",
  "A variant of each object.": "每个对象的一个变体。",
  "Letters, digits, `.`, `_` and `-`.": "字母、数字、`.`、`_` 和 `-`。",
  "Lines `Name: value`, in addition to those of the request.":
    "在预热请求的标头之外增加的标头，每项一个，格式为 `名称: 值`。",
  "A document or bucket prefix with URLs.": "包含 URL 的文档或存储桶前缀。",
  "Type of the source.": "来源的类型。",
  "`https://` URL of the document. Send either `url` or `s3`.":
    "文档的 `https://` URL。`url` 和 `s3` 必须且只能填写一个。",
  "Location in a bucket: `s3://bucket/key` or `s3://bucket/prefix`.":
    "存储桶中的位置：`s3://bucket/key` 或 `s3://bucket/prefix`。",
  "With `s3`: beginning of URLs without a host, such as `https://www.example.com/`. Required with `s3-prefix`.":
    "使用 `s3` 时：为没有主机名的 URL 补上的开头部分，例如 `https://www.example.com/`。使用 `s3-prefix` 时必填。",
  "With `s3-prefix`: origin path, which the keys have and the URLs lack, such as `/static`.":
    "使用 `s3-prefix` 时：源路径，即对象键中有而 URL 中没有的部分，例如 `/static`。",
  "With `sitemap`: only entries changed since this date, or time with a zone, and entries without `lastmod`.":
    "使用 `sitemap` 时：仅包含自此日期（或带时区的时间）以来有更改的条目，以及没有 `lastmod` 的条目。",
  "Further hosts whose documents may be read, in addition to the hosts of the distribution, of `url` and of `base`.":
    "除分配、`url` 和 `base` 的主机名之外，还可以从哪些主机读取文档。",

  // Answers of POST /prewarm.
  "Empty.": "始终为空。",
  "ID of the new request. Empty with `dry_run`.": "新预热请求的 ID。使用 `dry_run` 时为空。",
  "Time at which the request was made.": "创建预热请求的时间。",
  "Time at which the request ends as TIMEOUT.": "预热请求以 TIMEOUT 结束的时间。",
  "How the POPs were chosen. Absent with `retry_of`.": "POP 是如何选择的。使用 `retry_of` 时没有此字段。",
  "What may prevent the intended result, in words; GET /prewarm has objects.":
    "可能妨碍预期结果的情况说明；GET /prewarm 中为对象。",
  "URLs of `url_list` that `skip_uncached` omits.": "`url_list` 中被 `skip_uncached` 跳过的 URL。",
  "With `dry_run`: the estimate.": "使用 `dry_run` 时：预估。",
  "The chosen POPs.": "选择的 POP。",
  "Chosen POPs.": "选择的 POP 数。",
  "POPs that they were chosen from: the catalogue, or those of `places`.":
    "供选择的 POP 数：目录中的，或 `places` 中的。",
  "`default`: the default POPs. `all`: all POPs but those in `cn` and those with the basis `example`. `named`: others.":
    "`default`：默认 POP。`all`：除 `cn` 的 POP 和依据为 `example` 的 POP 以外的全部 POP。`named`：其他选择。",
  "`catalogue`: the POPs that this release knows. `discovered`: `prewarm pops --discover` asked the DNS, too.":
    "`catalogue`：此版本已知的 POP。`discovered`：还通过 `prewarm pops --discover` 查询了 DNS。",
  "When the DNS was asked. Null: `source` is `catalogue`.": "查询 DNS 的时间。null：`source` 为 `catalogue`。",
  "Why a list of discovered POPs is not used. Absent: nothing is wrong.":
    "为何不使用已发现的 POP 列表。没有此字段：一切正常。",
  "True: it resolved lately. False: it did not when the POPs were discovered. Null: not known.":
    "true：最近解析成功。false：发现 POP 时未能解析。null：未知。",
  "The regions or countries of the request. Empty: none.": "预热请求选择的区域或国家/地区。空：没有。",
  "What a request would do and cost. A dry run probes up to 100 sizes and reads `sources`, but no buckets. It is rejected like the request itself.":
    "预热请求将会做什么，费用是多少。试运行探测最多 100 个大小，并读取 `sources`，但不读取存储桶。它与预热请求本身一样会被拒绝。",
  "Different URLs.": "不同的 URL 数。",
  "Variants.": "变体数。",
  "URLs × variants × POPs.": "URL × 变体 × POP。",
  "True: not all sources could be read in 5 seconds: all numbers can be higher.":
    "true：未能在 5 秒内读完全部来源，因此所有数字都可能更大。",
  "What each source has added, as in SourceProgress.": "各来源添加的内容，与 SourceProgress 相同。",
  "POPs by REC.": "按区域边缘缓存分组的 POP。",
  "POPs whose REC is not known.": "区域边缘缓存未知的 POP。",
  "POPs that the price class excludes.": "价格级别不包含的 POP。",
  "Objects that only a POP's own cache is shown to keep, one for each REC. Only with the scope `regional`.":
    "仅显示由 POP 自身缓存保留的对象数，每个 REC 各计一次。仅用于 `regional` 范围。",
  "RECs and POPs of a request with the scope `regional`.": "范围为 `regional` 的请求的 REC 和 POP。",
  "RECs of the POPs that resolved.": "已解析的 POP 所属的 REC。",
  "RECs that keep all objects.": "保留所有对象的 REC。",
  "POPs whose samples show that they have such a REC.": "样本显示其 REC 保留所有对象的 POP。",
  "POPs that requested all objects because no sample shows their REC.": "因没有样本显示其 REC 而请求了所有对象的 POP。",
  "Up to twenty of these POPs, each with the result of its sample.": "其中最多二十个 POP 及其样本结果。",
  "POPs of which neither is shown.": "两者均未显示的 POP。",
  "The limit that kept POPs from requesting all objects.": "使 POP 无法请求所有对象的限制。",
  "Number of failure reasons, plus one each for `regional_tasks`, `edge_tasks`, POPs that are not covered, unreadable URLs and unresolved POPs.":
    "失败原因数；有 `regional_tasks`、有 `edge_tasks`、有未覆盖的 POP、有无法读取的 URL、有无法解析的 POP 时各加一。",
  "Only with the scope `regional`, after the end. `lead`: it requested all objects; `covered`: its samples show that it has a REC that keeps all objects; `not_covered`: neither is shown.":
    "仅用于 `regional` 范围，结束后提供。`lead`：该 POP 请求了所有对象；`covered`：其样本显示它的 REC 保留所有对象；`not_covered`：两者均未显示。",
  "Expected bytes of all downloads and checks, which `max_bytes` and `maxRequestBytes` limit. Null: not known.":
    "所有下载与检查预计传输的字节数，受 `max_bytes` 和 `maxRequestBytes` 限制。null：未知。",
  "Costs of the request and of two cheaper forms.": "此预热请求的费用，以及两种更便宜的形式的费用。",
  "The request as it is.": "按原样的预热请求。",
  "With `downloads: 1`.": "使用 `downloads: 1`。",
  "With `scope: regional`.": "使用 `scope: regional`。",
  "Requests to CloudFront.": "发往 CloudFront 的请求数。",
  "Transferred bytes. Null: not known.": "传输的字节数。null：未知。",
  "Bytes of all tasks: each object counts once per POP.": "所有任务的字节数：每个对象在每个 POP 计一次。",
  "Expected value. Null: not known.": "预计值。null：未知。",
  "Lower bound (95% confidence).": "下限（95% 置信度）。",
  "Upper bound (95% confidence).": "上限（95% 置信度）。",
  "Probed sizes: at most 100.": "已探测到大小的 URL 数，最多 100。",
  "Probes without an answer within 5 seconds.": "5 秒内没有响应的探测数。",
  "Probed URLs that cannot be read.": "探测时无法读取的 URL 数。",
  "These URLs.": "这些 URL。",
  "URL.": "URL。",
  "The first of these errors.": "其中第一个错误。",
  "What the sizes rest on.": "大小的依据。",
  "Requests to the origin, if the caches are empty and keep all objects.": "假定缓存为空并保留所有对象时的回源请求数。",
  "Expected number.": "预计请求数。",
  "Lowest number.": "最少请求数。",
  "Highest number.": "最多请求数。",
  "Additional size probes.": "另外用于探测大小的请求数。",
  "AWS Regions of Origin Shield.": "Origin Shield 所在的 AWS 区域。",
  "Instances and time.": "实例和时间。",
  "Number of instances.": "实例数。",
  "Instance type.": "实例类型。",
  "Its vCPUs.": "一台实例的 vCPU 数。",
  "Instance hours.": "实例小时数。",
  "Minutes to the end. Null: no instance.": "到结束的分钟数。null：没有实例。",
  "What limits the rate.": "限制速率的因素。",
  "Cost in US dollars, at list prices.": "按目录价计算的费用，单位为美元。",
  "Total.": "总计。",
  "Total with `bytes.low`.": "按 `bytes.low` 计算的总计。",
  "Total with `bytes.high`.": "按 `bytes.high` 计算的总计。",
  "Month of the prices.": "价格的月份。",
  "Other costs.": "未计入的其他费用。",
  "Assumptions.": "预估所依据的假设。",

  // Progress and summary.
  "ID of the request.": "预热请求的 ID。",
  "Bytes of the tasks that succeeded, each object once.": "成功的任务的字节数，每个对象计一次。",
  "Bytes of all downloads, retries and checks of the tasks that have a result.":
    "已有结果的任务的所有下载、重试和检查的字节数。",
  "Bytes of downloads in progress, each object once.": "进行中的下载的字节数，每个对象计一次。",
  "Bytes of all tasks whose size is known, each object once.": "所有已知大小的任务的字节数，每个对象计一次。",
  "Percentage of the bytes, or of the tasks if a size is unknown. Failed tasks add no bytes.":
    "字节数的百分比；如果有大小未知，则为任务数的百分比。失败的任务不增加字节数。",
  "Tasks that wait.": "等待中的任务数。",
  "Tasks that an agent has.": "代理程序正在处理的任务数。",
  "Tasks that have a result.": "已有结果的任务数。",
  "Tasks that failed.": "失败的任务数。",
  "Tasks with the outcome `warm`.": "结果为 `warm` 的任务数。",
  "Tasks with the outcome `hit`.": "结果为 `hit` 的任务数。",
  "Tasks with the outcome `regional`. They are not in `failed_count`.":
    "结果为 `regional` 的任务数，不包含在 `failed_count` 中。",
  "Tasks with the outcome `not_kept`. `failed_count` includes them.":
    "结果为 `not_kept` 的任务数，包含在 `failed_count` 中。",
  "Tasks: readable URLs × variants × resolved POPs. 0 until the POPs are resolved.":
    "任务数：可读取的 URL × 变体 × 已解析的 POP。解析 POP 之前为 0。",
  "Current download rate of all agents, with repeated downloads and checks.":
    "所有代理程序当前的下载速率之和，包括重复下载和检查。",
  "Instances that have tasks of the request.": "正在处理该预热请求的任务的实例数。",
  "Estimated end, if known.": "预计结束时间；null：未知。",
  "Time of the last change.": "最后一次变化的时间。",
  "Time of this answer.": "此响应的时间。",
  "Readiness verdict, after the end.": "结束之后的放量结论。",
  "Status of the request.": "预热请求的状态。",
  "What each source has added.": "各来源添加的内容。",
  "ID of the API key that sent the request.": "提交该预热请求的 API 密钥的 ID。",
  "Send the key that may also start requests.": "改用可以提交预热请求的密钥。",
  "Request that this one retries.": "它所重试的预热请求。",
  "Request that retries this one.": "重试它的预热请求。",
  "What may prevent the intended result. `no_age`, `age_constant`, `origin_age` and `size_changed` are counted at the end.":
    "可能妨碍预期结果的情况。`no_age`、`age_constant`、`origin_age` 和 `size_changed` 在结束时计数。",
  "Different URLs of the request.": "预热请求中不同的 URL 数。",
  "Common beginning of these URLs.": "这些 URL 的共同开头。",
  "POPs of the request.": "预热请求的 POP 数。",
  "`verify` of the request.": "预热请求的 `verify`。",
  "`downloads` of the request.": "预热请求的 `downloads`。",
  "`scope` of the request.": "预热请求的 `scope`。",
  "`origin` of the request.": "预热请求的 `origin`。",
  "Tasks that wait for their next attempt, by reason. Absent: none.": "等待重试的任务，按原因列出。没有时不返回。",
  "Reason of the last attempt.": "上一次尝试失败的原因。",
  "Time until which they wait.": "这些任务等待到的时间。",
  "Some of the tasks, with their last attempt.": "其中一些任务及其上一次尝试。",
  "Tasks that are in the queue until their next attempt. They are not failed.":
    "在队列中等待下一次尝试的任务。它们不算失败。",
  "What `percentage_complete` counts.": "`percentage_complete` 按什么计算：字节或任务。",
  "URLs that could not be read in any variant. They have no tasks, and are cold at every POP.":
    "所有变体都无法读取的 URL 数。它们没有任务，在所有 POP 都未预热。",
  "Names of its variants.": "变体的名称。",
  "`Accept-Encoding` of its downloads, as CloudFront normalizes it: `br,gzip`, `gzip`, `br`, `identity`.":
    "下载请求的 `Accept-Encoding`，按 CloudFront 规范化后的形式：`br,gzip`、`gzip`、`br`、`identity`。",
  "Instances that it needs. 0: it is paused.": "它需要的实例数。0：已暂停。",
  "Why the request has this status.": "预热请求处于此状态的原因。",
  "Facts behind the verdict.": "结论所依据的数据。",
  "Status or verdict in one sentence.": "概括状态或结论的一句英文。",
  "With `detail=pops`: each POP.": "使用 `detail=pops` 时：各个 POP。",
  "With `detail=failures`: the failures so far.": "使用 `detail=failures` 时：到目前为止的失败。",
  "With `detail=sent`: the body.": "使用 `detail=sent` 时：创建时的请求体。",
  "POPs that did not resolve. They have no tasks.": "无法解析的 POP。它们没有任务。",
  "URLs that could not be read. They have no tasks. `url#variant`: only this variant.":
    "无法读取的 URL。它们没有任务。`url#variant`：仅该变体无法读取。",
  "URLs that `failure_urls` omits, beyond 5 MB. The report has all.":
    "`failure_urls` 超过 5 MB 时省略的 URL 数。报告包含全部。",
  "Link to the report. It expires after ten minutes.": "报告的链接，十分钟后过期。",
  "Link to all results. It expires after ten minutes. Null: there is no file.":
    "全部结果的链接，十分钟后过期。null：没有文件。",
  "Why there is no file: the list of URLs was lost.": "没有文件的原因：URL 列表已丢失。",
  "Readiness verdict, if known.": "放量结论；null：未知。",
  "The verdict in one English sentence.": "概括结论的一句英文。",
  "What the verdict does not cover.": "结论不涵盖的内容。",
  "All tasks.": "任务总数。",
  "Tasks without a result, because the request ended before.": "因预热请求提前结束而没有结果的任务数。",
  "The failures.": "按原因分组的失败。",
  "Requests, the newest first.": "预热请求，最新的在前。",
  "`next` for the next page. Null: this is the last page.": "用于读取下一页的 `next`。null：这是最后一页。",
  "What a source has added.": "一个来源添加的内容。",
  "Its URL without query string, or its location.": "来源的 URL（不含查询字符串）或位置。",
  "`NOT_READ`: the request ended before.": "`NOT_READ`：预热请求提前结束。",
  "Documents read.": "已读取的文档数。",
  "URLs that the source added.": "来源添加的 URL 数。",
  "Its URLs that are not warmed, by reason.": "来源中不预热的 URL 数，按原因分组。",
  "A condition that may prevent the intended result.": "可能妨碍预期结果的情况。",
  "Code of the warning.": "警告的代码。",
  "Number of tasks; of URLs with `may_not_be_kept` and `skipped_uncached`; of instances with `no_capacity`.":
    "任务数；对 `may_not_be_kept` 和 `skipped_uncached` 为 URL 数，对 `no_capacity` 为实例数。",
  "The warning in words.": "警告的英文说明。",
  "Some of what it is about.": "相关的若干示例。",
  "Facts behind the verdict of a request.": "预热请求的结论所依据的数据。",
  "Objects that succeeded at no POP of a REC with two or more chosen POPs.":
    "未预热的对象数：某个区域边缘缓存下至少选择了两个 POP，而对象在这些 POP 上都没有成功。",
  "Cold objects that could not be read.": "未预热的对象中无法读取的对象数。",
  "Up to five cold objects.": "未预热的对象，最多五个。",
  "Its variant.": "它的变体。",
  "REC at which it is cold.": "对象未预热的区域边缘缓存。",
  "RECs at which objects are cold.": "有对象未预热的区域边缘缓存。",
  "POPs that lack more than 1% of their objects.": "缺少超过 1% 对象的 POP 数。",
  "The same, without objects that are cold or unreadable.": "同上，但不计上述对象和无法读取的对象。",
  "Up to twenty of `lacking_pops`.": "`lacking_pops` 所计的 POP，最多二十个。",
  "POPs that resolved.": "已解析的 POP 数。",
  "POPs that did not resolve.": "无法解析的 POP 数。",
  "Up to twenty of these POPs.": "这些 POP，最多二十个。",
  "Unresolved POPs for which the DNS resolver failed.": "因 DNS 解析器出错而无法解析的 POP 数。",
  "URLs that could not be read.": "无法读取的 URL 数。",
  "All URLs.": "URL 总数。",
  "Tasks whose object the REC keeps, and the POP is not shown to. Absent with the scope `regional`.":
    "对象由区域边缘缓存保留、但未能证明 POP 也保留的任务数。范围为 `regional` 时不出现。",
  "Tasks whose hits did not report their cache tier.": "命中未报告缓存层的任务数。",
  "One POP of a request. Its counts can differ slightly from the report.":
    "预热请求的一个 POP。它的计数可能与报告略有出入。",
  "Code of the POP.": "POP 的代码。",
  "Regional edge cache that likely serves it. Null: not known.": "很可能为它服务的区域边缘缓存。null：未知。",
  "`WAITING`: no results; `IN_PROGRESS`: some results; `DONE`: all results; `UNFINISHED`: the request ended before all results; `NOT_RESOLVED`: it has no tasks.":
    "`WAITING`：没有结果；`IN_PROGRESS`：部分任务有结果；`DONE`：全部任务有结果；`UNFINISHED`：预热请求结束时，仍有任务没有结果；`NOT_RESOLVED`：没有任务。",
  "Its tasks. 0 until the POPs are resolved.": "它的任务数。解析 POP 之前为 0。",
  "Tasks whose object the REC had, but the origin sent. Then `rec` is likely wrong.":
    "区域边缘缓存已有对象、却仍由源站发送的任务数。大于 0 时，`rec` 很可能有误。",
  "All failures of a request with the same subject and reason.":
    "一个预热请求中，失败的内容（`subject`）和原因都相同的全部失败。",
  "Reason of the failures.": "失败的原因。",
  "What failed: tasks, URLs that could not be read, or POPs that did not resolve.":
    "失败的内容：任务、无法读取的 URL，或无法解析的 POP。",
  "Failed tasks.": "失败的任务数。",
  "Different POPs.": "不同的 POP 数。",
  "Different URLs. Null: the request is active.": "不同的 URL 数。null：预热请求仍在进行中。",
  "The reason in a few words.": "原因的简短说明。",
  "Meaning of the reason.": "原因的含义。",
  "Effect on viewers at these POPs.": "对使用这些 POP 的查看器的影响。",
  "What to do.": "如何处理。",
  "Some of the failures.": "其中一些失败。",
  "URL, unless `subject` is `pop`.": "URL。`subject` 为 `pop` 时没有此字段。",
  "POP, unless `subject` is `url`.": "POP。`subject` 为 `url` 时没有此字段。",
  "The failure in words.": "失败的英文说明。",
  "HTTP status of the last response.": "最后一次响应的 HTTP 状态码。",
  "What the request was made with.": "创建预热请求时提交的内容。",
  "Body for the same request, without headers. `url_list` includes the URLs of the sources, `pops` the POPs of countries and regions. A retry has `retry_of` instead of both.":
    "可用来创建同样的预热请求的请求体，不含标头。`url_list` 已包括来源的 URL，`pops` 已包括国家/地区和区域的 POP。重试的请求体以 `retry_of` 代替这两项。",
  "Names of the variants.": "变体的名称。",
  "Number of lines of `header`.": "`header` 的行数。",
  "URLs that `url_list` omits, beyond 5 MB.": "`url_list` 超过 5 MB 时省略的 URL 数。",
  "A request in the list. After the end, `warnings` is incomplete. Absent: `sources`, `retry_of`, `retried_by`, `pop_count`, `verify`, `downloads`, `scope`, `origin`, `variant_names`, `accept_encoding`, `readiness`, `sentence`, and the fields of `detail`.":
    "列表中的预热请求。结束之后，`warnings` 不完整。没有以下字段：`sources`、`retry_of`、`retried_by`、`pop_count`、`verify`、`downloads`、`scope`、`origin`、`variant_names`、`accept_encoding`、`readiness`、`sentence`，以及 `detail` 的字段。",
  "Final status.": "最终状态。",
  "Why it ended as FAILED, or rarely TIMEOUT.": "预热请求以 FAILED（少数情况下以 TIMEOUT）结束的原因。",
  "Time of the end.": "结束的时间。",
  "Readiness verdict. `not_ready` also if nothing was counted.": "放量结论。没有任何计数时也为 `not_ready`。",
  "URL of GET /prewarm. It needs the API key.": "GET /prewarm 的 URL，需要 API 密钥。",
  "URL of GET /summary. It needs the API key.": "GET /summary 的 URL，需要 API 密钥。",
  "At the end of each request, Prewarm sends an event to the default EventBridge bus, at least once. Source: `{source}`. Detail type: `{type}`. Rules: {link}. Detail:":
    "每个预热请求结束时，Prewarm 向默认的 EventBridge 总线发送一个事件，至少一次。source：`{source}`。detail type：`{type}`。规则：{link}。detail：",

  // The deployment.
  "The new number, and which requests are paused or resumed.": "新的实例数，以及哪些预热请求已暂停或恢复。",
  "Always `query success`.": "始终为 `query success`。",
  "Desired number. Fewer instances may run.": "所需的实例数。实际运行的实例可能较少。",
  "Number of POPs.": "POP 数。",
  "Sorted by code.": "按代码排序。",
  "One POP.": "一个 POP。",
  "Code of the POP, as in `x-amz-cf-pop`.": "POP 的代码，与 `x-amz-cf-pop` 中的一致。",
  "City. Null: not known.": "城市。null：未知。",
  "Two-letter ISO code.": "两个字母的 ISO 代码。",
  "Regions that contain it.": "包含它的区域。",
  "Regions and countries that select it.": "选择哪些区域或国家/地区时会选中它。",
  "How `rec` is known.": "`rec` 的依据。",
  "Degrees north.": "纬度，北纬为正。",
  "Degrees east.": "经度，东经为正。",
  "How the code is known.": "代码的依据。",
  "When it last resolved for this deployment. Null: not in the last year.":
    "最近一次在本部署中解析成功的时间。null：最近一年内没有。",
  "Parameter `envName` of the stack.": "堆栈参数 `envName`。",
  "AWS Region.": "AWS 区域。",
  "Version of the deployed code.": "已部署代码的版本。",
  "True: the API accepts calls only through a VPC endpoint.": "true：API 只接受通过 VPC 端点的调用。",
  "Version of OpenAPI.": "OpenAPI 的版本。",
  "Name and release of the API.": "API 的名称和版本。",
  "Routes.": "路由。",

  // Tables.
  "Prewarm accepted the request and probes sizes.": "Prewarm 已接受预热请求，正在探测大小。",
  "Prewarm reads the sources, then probes sizes.": "Prewarm 正在读取来源，然后探测大小。",
  "Prewarm resolves the POPs and invalidates.": "Prewarm 正在解析 POP，并执行失效。",
  "Prewarm queues tasks. Agents may already download.": "Prewarm 正在将任务加入队列。代理程序可能已开始下载。",
  "All tasks are queued.": "所有任务都已加入队列。",
  "Every task has a result, which can be a failure: see `verdict`.":
    "每个任务都有结果，结果可以是失败：参见 `verdict`。",
  "`force_stop` stopped the request.": "预热请求已被 `force_stop` 停止。",
  "The time ended before every task had a result.": "部分任务还没有结果，时间已用完。",
  "Nothing could be warmed, a limit was exceeded, or a step or an invalidation failed: see `reason`.":
    "没有可以预热的内容，超过了限制，或者某个步骤或失效失败：参见 `reason`。",
  "In a response header or access log, or rarely in a blog.": "见于响应标头或访问日志，少数见于博客。",
  "It resolved when `npm run pops:check` ran.": "运行 `npm run pops:check` 时解析成功。",
  "In a list of another tool.": "见于其他工具的列表。",
  "Only in documentation or invented logs. It is used only by name.":
    "只见于文档或虚构的日志。只有按名称指定时才使用该 POP。",
  "The catalogue lacks it. It resolved for a request of this deployment.":
    "目录中没有，但在本部署的一个预热请求中解析成功。",
  "The catalogue lacks it. It resolved when `prewarm pops --discover` ran.":
    "目录中没有，但运行 `prewarm pops --discover` 时解析成功。",
  "The REC is in the same metropolitan area.": "区域边缘缓存位于同一都市区。",
  "By the AWS table of Origin Shield Regions.": "根据 AWS 列出的 Origin Shield 区域表。",
  "By the table of another tool.": "根据其他工具的表。",
  "The nearest REC that AWS documents: a guess.": "AWS 文档列出的区域边缘缓存中最近的一个，属于推测。",
  "A CSV file in UTF-8, with a header row and one row for each failed task, each URL that could not be read, and each POP that did not resolve.":
    "UTF-8 编码的 CSV 文件，有标题行；每个失败的任务、每个无法读取的 URL 和每个无法解析的 POP 各占一行。",
  "A text that a spreadsheet would take for a formula begins with `'`; `prewarm report --format json` removes it.":
    "电子表格会当作公式的文本以 `'` 开头；`prewarm report --format json` 会去掉它。",
  "A CSV file in one or more gzip streams, which `zcat` reads, with one row for each task.":
    "CSV 文件，由一个或多个 gzip 流组成，可用 `zcat` 读取；每个任务占一行。",
  "It has the columns of the report and these:": "它包含报告的各列以及以下各列：",
  "POP of the task; empty for a URL that could not be read": "任务的 POP；对于无法读取的 URL 为空",
  "URL of the task; empty for a POP that did not resolve": "任务的 URL；对于无法解析的 POP 为空",
  "The failure in words": "失败的英文说明",
  "HTTP status of the last response": "最后一次响应的 HTTP 状态码",
  "POP that responded": "响应的 POP",
  "CloudFront's ID of the last response, for AWS Support": "最后一次响应的 CloudFront 请求 ID，可提供给 AWS Support",
  "Number of attempts; 0 if no agent processed the task": "尝试次数；没有代理程序处理过任务时为 0",
  "Name of the variant": "变体的名称",
  "Outcome; empty without a task": "结果；没有任务时为空",
  "Tier in the last response: `EDGE`, `REC` or `Origin Shield`":
    "最后一次响应所报告的缓存层级：`EDGE`、`REC` 或 `Origin Shield`",
  "Address of the POP": "POP 的地址",
  "Number of downloads; empty without cache checks": "下载次数；没有缓存检查时为空",
  "Milliseconds from the request to the response headers": "从请求到收到响应标头的毫秒数",
  "`Age` of the last response, in seconds": "最后一次响应的 `Age`，单位为秒",
  "`Content-Encoding` of the download": "下载的 `Content-Encoding`",
  "Number and location of the source; empty for a URL of `url_list`": "来源的序号和位置；来自 `url_list` 的 URL 为空",
  "`true`: the task succeeded": "`true`：任务成功",
  "Failure reason": "失败原因",
  "Bytes of the object, as the last download received them": "对象的字节数，以最后一次下载为准",
  "Bytes of all downloads, retries and checks": "所有下载、重试和检查的字节数",
  "Milliseconds from the first attempt to the end of the last": "从第一次尝试开始到最后一次尝试结束的毫秒数",
  "`x-cache` of the last response": "最后一次响应的 `x-cache`",
  "With the outcome `hit`: `no_age`, `age_constant` or `origin_age`":
    "结果为 `hit` 时：`no_age`、`age_constant` 或 `origin_age`",
  "different URLs, those of `sources` included": "不同的 URL 数，包括 `sources` 的 URL",
  "characters of a URL": "一个 URL 的字符数",
  "different hosts of the URLs, without `cf_domain`": "没有 `cf_domain` 时，各 URL 中不同的主机名数",
  "different names in `pops`, `countries` or `regions`": "`pops`、`countries` 或 `regions` 中不同的名称数",
  "characters of a variant's name": "变体名称的字符数",
  "URLs times variants": "URL 数 × 变体数",
  "characters of a line of a `header`": "`header` 中一行的字符数",
  "bytes of all lines, with those of the variants": "所有标头行的总字节数，包括变体的标头行",
  "paths and tags in `invalidate`": "`invalidate` 中路径与标签的总数",
  "paths with a wildcard in `invalidate`": "`invalidate` 中带通配符的路径数",
  "characters of all paths and tags in `invalidate`": "`invalidate` 中所有路径与标签的总字符数",
  "characters of a tag": "一个标签的字符数",
  "The deployment can have lower limits: {link}.": "部署的限制可能更低：参见 {link}。",
  "Send it again in some seconds.": "几秒后再次发送。",
  "Nothing: all is good.": "无需处理：全部成功。",
  "Make a new request.": "创建新的预热请求。",
  "Send it again when a request has ended.": "等到有预热请求结束，然后再次发送。",
  "Send the `header` and `variants` of the first request.": "发送第一个预热请求的 `header` 和 `variants`。",
  Verdicts: "结论",
  "The verdict": "结论",
  "openapi.json": "openapi.json",
  "{names} are final: poll every 5 to 15 seconds until then. FINISHED has its `verdict` at once; the others can get it some seconds later.":
    "{names} 为最终状态：在此之前每 5 到 15 秒查询一次。FINISHED 立即带有 `verdict`；其他最终状态可能几秒后才有。",
  "Every task is good, and at least one is `warm`, `hit` or, with the scope `regional`, `regional`.":
    "可以放量：所有任务都良好，且至少有一个为 `warm`、`hit`，或在范围 `regional` 下为 `regional`。",
  "Some tasks failed or only reached the REC, some URLs could not be read, or some POPs did not resolve.":
    "可以放量，但有例外：部分任务失败或仅到达区域边缘缓存、部分 URL 无法读取，或部分 POP 无法解析。",
  "At least one of these: an object failed at all selected POPs of a REC that has two or more of them; more than 5% of the POPs lack more than 1% of their objects; the request did not end as FINISHED. A URL that could not be read counts as cold at every POP. POPs that did not resolve do not count.":
    "不可放量，至少符合一项：在选中了两个或更多 POP 的某个区域边缘缓存下，有对象在所有 POP 都失败；超过 5% 的 POP 缺少超过 1% 的对象；预热请求未以 FINISHED 结束。无法读取的 URL 在每个 POP 都计为未预热。无法解析的 POP 不计。",
  "The objects were downloaded, and nothing shows that a cache has them: `verify` is `off`, or the server sends no `x-cache`. Tasks can have failed.":
    "未验证：对象已下载，但没有迹象表明缓存中有这些对象：`verify` 为 `off`，或服务器不发送 `x-cache`。也可能有任务失败。",
  "The first that applies: `not_ready`, `not_verified`, `ready_with_exceptions`, `ready`. See {link}.":
    "以第一个符合的为准：`not_ready`、`not_verified`、`ready_with_exceptions`、`ready`。参见{link}。",
  "A row begins with type, bounds and default; a field without a type is a string or a whole number.":
    "每行以类型、范围和默认值开头；没有类型的字段为字符串或整数。",
  "Bounds of lists count entries, of strings characters.": "列表的范围按项数计，字符串的范围按字符数计。",
  "MB of a body": "请求体的 MB 数",
  "MB of a body after JSON escaping": "JSON 转义后请求体的 MB 数",
  "levels of nesting in a body": "请求体的嵌套层数",
  "fields in a body": "请求体的字段数",
  "Link: `failure_pop_urls_report` of GET /summary.": "链接：GET /summary 的 `failure_pop_urls_report`。",
  "It has no column for the reason: read `reason` of all results, or `failures`.":
    "其中没有原因一列：请读取全部结果中的 `reason`，或 `failures`。",
  "Link: `results_url` of GET /summary.": "链接：GET /summary 的 `results_url`。",
  "Repeat a call after no answer, 5XX, `Too Many Requests`, and a 409 that says `in a moment`.":
    "没有响应，或遇到 5XX、`Too Many Requests`、含有 `in a moment` 的 409 时，请重复调用。",
  "Repeat POST /prewarm with the same `client_token`: it makes no second request.":
    "重复 POST /prewarm 时请使用相同的 `client_token`：不会创建第二个预热请求。",
  "After another error, do first what the tables say.": "遇到其他错误时，请先按表中所述处理。",
  "Calls per second: {key} for a key ({burst} at once); of these, POST /prewarm {post}, GET /summary {summary} and GET /requests {list}, each {other} at once.":
    "每秒调用数：每个密钥 {key}（突发 {burst}）；其中 POST /prewarm {post}、GET /summary {summary}、GET /requests {list}，各自突发 {other}。",
  "Correct the address, with one slash before the route.": "更正地址，路由之前只有一个斜杠。",
  "Time at which the request was made, or estimated.": "创建或预估预热请求的时间。",
  "Time at which the request ends as TIMEOUT. Empty with `dry_run`.":
    "预热请求以 TIMEOUT 结束的时间。使用 `dry_run` 时为空。",
  "Other fields: see {link}.": "其他字段：参见 {link}。",
  "Limits, each with its parameter of the stack and what it bounds. `value` null: no limit.":
    "各项限制，及其堆栈参数和限制的内容。`value` 为 null：没有限制。",
  "IDs of the distributions and distribution tenants that requests may warm. `*`: all.":
    "允许预热的分配和分配租户的 ID。`*`：全部。",
  "Buckets and prefixes that `sources` may be read from. Empty: none.": "允许读取 `sources` 的存储桶和前缀。空：没有。",
  "Instance types of the agents, and the one that estimates use, with its price in US dollars.":
    "agent 的实例类型，以及用于预估的实例类型及其价格（美元）。",
  "URLs that are not cached, their requests, and examples.": "不缓存的 URL 数、其回源请求数和示例。",
  "Costs by item: `ec2_spot`, `public_ipv4`, `cloudfront_bytes`, `cloudfront_requests`, `invalidation_paths`, `pipeline` (DynamoDB, SQS and Lambda). `of`: quantity and price in words.":
    "各项费用：`ec2_spot`、`public_ipv4`、`cloudfront_bytes`、`cloudfront_requests`、`invalidation_paths`、`pipeline`（DynamoDB、SQS 和 Lambda）。`of`：数量和单价的说明。",
  "Limits of the deployment, and what the request would use of each; of `maxDailyTasks` and `maxDailyBytes` with the other requests of the day. `value` null: not known.":
    "部署的各项限制，以及预热请求的用量；`maxDailyTasks` 和 `maxDailyBytes` 的用量包含当天的其他预热请求。`value` 为 null：未知。",
  "Send it on the next day (UTC), or raise the parameter.": "在下一个 UTC 日再提交，或调高该参数。",
};

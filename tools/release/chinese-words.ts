import type { Basis } from "../../domain/pops/pop-codes.ts";
import type { RecBasis } from "../../domain/pops/recs.ts";
import type { REPORT_COLUMNS, RESULTS_ONLY_COLUMNS } from "../../domain/result/report.ts";
import type { Limit } from "./part-tables.ts";

// Chinese for what the code says in English and `npm run gen docs` writes into docs/zh. The types want each word that there is: one that is new or
// changed in the code does not compile until it is here. Reasons of failures have their Chinese in domain/readiness/reasons.ts.

export const LIMIT_WORDS: Readonly<Record<Limit, string>> = {
  "different URLs in `url_list`": "`url_list` 中不同的 URL 数",
  "characters of a URL": "一个 URL 的字符数",
  "different hosts of the URLs, without `cf_domain`": "没有 `cf_domain` 时，URL 中不同的主机名数",
  "different names in each of `pops`, `countries`, `regions`": "`pops`、`countries`、`regions` 各自不同的名称数",
  variants: "变体数",
  "characters of a variant's name": "变体名称的字符数",
  "URLs times variants": "URL 数 × 变体数",
  "lines of each `header`": "每个 `header` 的行数",
  "characters of a line of a `header`": "`header` 一行的字符数",
  "bytes of all lines together, those of the variants with them": "所有行的总字节数，包括变体的行",
  "paths and tags in `invalidate`": "`invalidate` 中路径与标签的总数",
  "paths with a wildcard in `invalidate`": "`invalidate` 中带通配符的路径数",
  "characters of all paths and tags in `invalidate`": "`invalidate` 中所有路径与标签的总字符数",
  "characters of a tag": "一个标签的字符数",
  "`timeout`, minutes": "`timeout`，分钟",
  "`instance_count` and `DesiredCapacity`": "`instance_count` 和 `DesiredCapacity`",
};

export const BASIS_WORDS: Readonly<Record<Basis, string>> = {
  observed: "见于真实的响应头或访问日志；其中约二十个只有二手来源（节点地图、博客）。",
  resolved: "运行 `npm run pops:check` 时，在 DNS 中可以解析。",
  listed: "见于其他工具的 POP 列表。",
  example: "只见于文档、测试数据或虚构的日志。可以按名称指定，但不会被自动选中。",
};

export const REC_BASIS_WORDS: Readonly<Record<RecBasis, string>> = {
  metro: "区域边缘缓存位于同一都市区。",
  origin_shield: "AWS 的 Origin Shield 表为这个都市区或国家的 AWS 区域指明了该区域边缘缓存所在的区域。",
  listed: "其他工具的表为该国家指明了它。",
  nearest: "它是 AWS 文档所列的区域边缘缓存中最近的一个：这是推测。",
};

export const REPORT_COLUMN_WORDS: Readonly<Record<(typeof REPORT_COLUMNS)[number]["name"], string>> = {
  pop: "要预热的 POP；无法读取的 URL 的行中为空",
  url: "URL，与请求中的一致；无法解析的 POP 的行中为空",
  error: "出了什么问题",
  http_status: "最后一次应答的 HTTP 状态码；没有应答时为空",
  x_amz_cf_pop: "应答的 POP，以它自报的名称为准",
  x_amz_cf_id: "最后一次应答的 CloudFront 请求 ID，可提供给 AWS Support",
  attempts: "尝试次数；没有 agent 处理过时为 0",
  variant: "变体的名称；预热请求没有 `variants` 时为空",
  outcome: "`failed` 或 `not_kept`：参见[预热结果](../concepts.md#warmth)；没有 agent 给出时为空",
  tier: "最后一次应答说明的层级：`EDGE`、`REC`、`Origin Shield`；没有说明时为空",
  address: "最后请求的 POP 地址；`verify: addresses` 时为其中最差的一个",
  addresses: "`verify: addresses` 时：该 POP 有多少个地址成功，例如 `2 of 3`",
  rounds: "完整下载的次数；没有缓存检查时为空",
  first_byte_ms: "从发出下载请求到收到应答头的毫秒数",
  age: "最后一次应答的 `Age`：缓存持有该对象的秒数",
  encoding: "下载的 `Content-Encoding`；未压缩时为空",
  source: "URL 来自 `sources` 中的哪一个：序号和位置；来自 `url_list` 时为空",
};

export const MORE_COLUMN_WORDS: Readonly<Record<(typeof RESULTS_ONLY_COLUMNS)[number]["name"], string>> = {
  ok: "`true` 或 `false`：任务是否成功",
  reason: "失败的原因：参见[失败原因](#失败原因)",
  bytes: "最后一次尝试收到的字节数",
  ms: "从第一次尝试开始到最后一次尝试结束的毫秒数",
  x_cache: "最后一次应答的 `x-cache`",
  warning: "结果为 `hit` 时：`no_age`、`age_constant` 或 `origin_age`；参见[预热结果](../concepts.md#warmth)",
};

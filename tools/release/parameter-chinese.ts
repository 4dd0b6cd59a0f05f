/**
 * Chinese descriptions of the stacks' parameters, by the names of the parameters. `npm run gen docs` fails for a parameter without one, and
 * for one without a parameter. The terms are those of AWS's Chinese documentation.
 */
export const PARAMETERS_IN_CHINESE: Readonly<Record<string, string>> = {
  envName: "Auto Scaling 组名称 prewarm_asg_<envName> 的一部分。以后不要更改。",
  console: "GET /console 是否提供 Web 控制台。控制台要求输入 API 密钥，没有密钥时不显示任何内容。",
  zones: "新 VPC 的可用区数量。如果账户在此区域没有第三个可用区，请选择 2。",
  allowedCidrs:
    "允许调用 API 和打开控制台的 CIDR 块，用逗号分隔；空：允许任何地址。使用 IPv6 的调用方还需要加入其 IPv6 CIDR 块。如果 API 是私有的，请填写 VPC 内的地址。",
  maxCallsPerDay: "使用 API 密钥每天可调用 API 的次数。每秒调用一次的客户端每天调用 86,400 次。",
  instanceTypes:
    "代理程序的实例类型，用逗号分隔；c7gn.* 表示该系列的所有大小。仅限 Graviton。某个可用区没有的类型，在该可用区不会使用。",
  onDemandPercent: "按需型实例占全部实例的百分比，其余为竞价型实例。",
  amiId: "实例的 AMI：适用于 arm64 的 Amazon Linux 2023。空：创建或更新堆栈时最新的 AMI。",
  latestAmi: "amiId 为空时使用的 AWS Systems Manager 公有参数。请保持不变。",
  firstByteSeconds: "代理程序等待响应首字节的秒数。",
  maxInstances: "实例数的上限，无论预热请求要求多少；也是 Auto Scaling 组的最大容量。",
  maxTimeout: "一个预热请求的最长超时，单位为分钟。",
  maxActiveRequests: "同时进行的预热请求数的上限。",
  maxTasks: "一个预热请求的最大任务数：URL × 变体 × POP。",
  maxRequestBytes:
    "一个预热请求在所有下载与检查中可传输的最大字节数，以事先已知的大小为准；超过时，预热请求以 FAILED 结束。",
  maxDailyTasks: "一个 UTC 日内所有预热请求的任务数的上限。",
  maxDailyBytes:
    "一个 UTC 日内所有预热请求在下载与检查中可传输的最大字节数：预热请求进行中按已知大小计，结束后按实际传输计。",
  distributions:
    "允许预热和创建失效的分配与分配租户的 ID，用逗号分隔；*：可以预热任何分配，并在本账户的任何分配中创建失效。",
  sourceBuckets: "允许从中读取来源的存储桶，每项写作 bucket 或 bucket/prefix*，用逗号分隔；空：没有。",
  monitoring: "on：七个告警。full：23 个告警（函数和流各有单独的告警）和一个控制面板。off：两者都没有。",
  alarmEmail: "接收告警的邮箱地址。它会先收到一封带有确认链接的邮件。",
  alarmBytesPerHour: "所有预热请求在一小时内传输的字节数超过此值时发出告警。",
  tracing: "是否用 AWS X-Ray 跟踪 API 和函数。",
  spotPricePerHour:
    "竞价型实例每小时的价格，单位为美元，用于预估（dry_run）。它不是出价。0：约为 us-east-1 按需价格的 40%。",
  lambdaConcurrency:
    "low：适用于 Lambda 并发执行数只有十个的账户。high：并发更多，并为 API 预留 20 个；账户至少需要 120 个非预留并发。",
  warmWritesPerSecond: "表从一开始就能写入的每秒结果数。对超过 4000 的部分，AWS 一次性收费。",
  stallSeconds: "超过这一秒数没有结果或心跳时，预热请求中没有结果的任务会重新加入队列。其他超时由它推算。",
  vpc: "运行代理程序（agent）的 VPC。",
  subnet: "该 VPC 的子网：自动分配公有 IPv4 地址的公有子网，或有路由通往 NAT 网关的私有子网。",
  sg: "代理程序的安全组。必须允许出站的 DNS、HTTP 和 HTTPS 流量，不需要允许任何入站流量。",
  key: "用于登录代理程序所在实例的密钥对的名称；空：没有。不填也可以使用 Session Manager。",
  vpce: "execute-api 的接口端点。填写后，API 是私有的，只能通过此端点访问。",
};

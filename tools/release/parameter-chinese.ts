/**
 * Chinese for the descriptions of the stacks' parameters, by the English ones. `npm run gen docs` fails for a description that lacks here; a
 * test finds one that no parameter has any more. The terms are those of AWS's Chinese documentation.
 */
export const PARAMETERS_IN_CHINESE: Readonly<Record<string, string>> = {
  "Part of the Auto Scaling group's name, prewarm_asg_<envName>. Do not change it later.":
    "Auto Scaling 组名称 prewarm_asg_<envName> 的一部分。以后不要更改。",
  "Whether GET /console serves the web console. It asks for the API key and shows nothing without it.":
    "GET /console 是否提供 Web 控制台。控制台要求输入 API 密钥，没有密钥时不显示任何内容。",
  "Availability Zones of the new VPC. Choose 2 if the account has no third zone in this region.":
    "新 VPC 的可用区数量。如果账户在此区域没有第三个可用区，请选择 2。",
  "VPC to run the agents in.": "运行代理程序（agent）的 VPC。",
  "Subnets of that VPC: public ones that assign public IPv4 addresses, or private ones with a route to a NAT gateway.":
    "该 VPC 的子网：自动分配公有 IPv4 地址的公有子网，或有路由通往 NAT 网关的私有子网。",
  "Security group of the agents. It must allow outbound DNS, HTTP and HTTPS; nothing needs to come in.":
    "代理程序的安全组。必须允许出站的 DNS、HTTP 和 HTTPS 流量，不需要允许任何入站流量。",
  "Name of the key pair to log in to the agents with; empty: none. Session Manager works without it.":
    "用于登录代理程序所在实例的密钥对的名称；空：没有。不填也可以使用 Session Manager。",
  "CIDR blocks from which the API and the console may be called, separated by commas; empty: from everywhere. Callers with IPv6 need their IPv6 block, too. If the API is private, these are addresses inside the VPC.":
    "允许调用 API 和打开控制台的 CIDR 块，用逗号分隔；空：允许任何地址。使用 IPv6 的调用方还需要加入其 IPv6 CIDR 块。如果 API 是私有的，请填写 VPC 内的地址。",
  "Calls of the API per day with the API key. A client that calls every second makes 86,400.":
    "使用 API 密钥每天可调用 API 的次数。每秒调用一次的客户端每天调用 86,400 次。",
  "Interface endpoint for execute-api. If given, the API is private and reached through this endpoint alone.":
    "execute-api 的接口端点。填写后，API 是私有的，只能通过此端点访问。",
  "Instance types of the agents, separated by commas; c7gn.* means every size. Graviton only. A type that a zone does not have is not used there.":
    "代理程序的实例类型，用逗号分隔；c7gn.* 表示该系列的所有大小。仅限 Graviton。某个可用区没有的类型，在该可用区不会使用。",
  "Percentage of the instances that are On-Demand Instances; the others are Spot Instances.":
    "按需型实例占全部实例的百分比，其余为竞价型实例。",
  "AMI of the instances: Amazon Linux 2023 for arm64. Empty: the newest one when the stack is created or updated.":
    "实例的 AMI：适用于 arm64 的 Amazon Linux 2023。空：创建或更新堆栈时最新的 AMI。",
  "AWS Systems Manager public parameter that is used if amiId is empty. Leave it as it is.":
    "amiId 为空时使用的 AWS Systems Manager 公有参数。请保持不变。",
  "Seconds that an agent waits for the first byte of a response.": "代理程序等待响应首字节的秒数。",
  "Maximum number of instances, regardless of what requests specify; also the maximum size of the Auto Scaling group.":
    "实例数的上限，无论预热请求要求多少；也是 Auto Scaling 组的最大容量。",
  "Maximum timeout of a request, in minutes.": "一个预热请求的最长超时，单位为分钟。",
  "Maximum number of active requests.": "同时进行的预热请求数的上限。",
  "Maximum number of tasks in a request: URLs × variants × POPs.": "一个预热请求的最大任务数：URL × 变体 × POP。",
  "Maximum number of bytes that a request may transfer in all downloads and checks, as far as sizes are known in advance; a larger request ends as FAILED.":
    "一个预热请求在所有下载与检查中可传输的最大字节数，以事先已知的大小为准；超过时，预热请求以 FAILED 结束。",
  "Maximum number of tasks of all requests of a UTC day.": "一个 UTC 日内所有预热请求的任务数的上限。",
  "Maximum number of bytes that all requests of a UTC day may transfer in downloads and checks: by the known sizes while a request is active, then by what it transferred.":
    "一个 UTC 日内所有预热请求在下载与检查中可传输的最大字节数：预热请求进行中按已知大小计，结束后按实际传输计。",
  "Bytes that all requests may transfer within an hour before an alarm is sent.":
    "所有预热请求在一小时内传输的字节数超过此值时发出告警。",
  "IDs of the distributions and distribution tenants that may be warmed and invalidated, separated by commas; *: every distribution may be warmed, and every one of this account invalidated.":
    "允许预热和创建失效的分配与分配租户的 ID，用逗号分隔；*：可以预热任何分配，并在本账户的任何分配中创建失效。",
  "Buckets that the sources of requests may be read from, each as bucket or bucket/prefix*, separated by commas; empty: none.":
    "允许从中读取来源的存储桶，每项写作 bucket 或 bucket/prefix*，用逗号分隔；空：没有。",
  "on: seven alarms. full: 23 alarms, with separate ones for the functions and streams, and a dashboard. off: neither.":
    "on：七个告警。full：23 个告警（函数和流各有单独的告警）和一个控制面板。off：两者都没有。",
  "Address that alarms are sent to. It first receives an e-mail with a confirmation link.":
    "接收告警的邮箱地址。它会先收到一封带有确认链接的邮件。",
  "Whether AWS X-Ray traces the API and the functions.": "是否用 AWS X-Ray 跟踪 API 和函数。",
  "US dollars per hour of a Spot Instance, for estimates (dry_run). It is not a bid. 0: about 40% of the On-Demand price in us-east-1.":
    "竞价型实例每小时的价格，单位为美元，用于预估（dry_run）。它不是出价。0：约为 us-east-1 按需价格的 40%。",
  "low: for accounts with as few as ten concurrent Lambda executions. high: more at once, and 20 reserved for the API. The account needs at least 120 unreserved executions.":
    "low：适用于 Lambda 并发执行数只有十个的账户。high：并发更多，并为 API 预留 20 个；账户至少需要 120 个非预留并发。",
  "Results per second that the table takes from the beginning. AWS bills a one-time charge for the part above 4000.":
    "表从一开始就能写入的每秒结果数。对超过 4000 的部分，AWS 一次性收费。",
  "Seconds without a result or a heartbeat after which a request's missing tasks are queued again. Other timeouts follow from it.":
    "超过这一秒数没有结果或心跳时，预热请求中没有结果的任务会重新加入队列。其他超时由它推算。",
};

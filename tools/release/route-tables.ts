import { ANSWERS, type RouteName } from "../../domain/api/answers.ts";
import { OPERATIONS } from "../description/operations.ts";
import { table } from "../markdown-table.ts";

/** A route that a client may call: those of the description, and the page, which has a function of its own. */
type DocumentedRoute = RouteName | "GET /console";

const isRoute = (name: string): name is RouteName => Object.hasOwn(ANSWERS, name);
const ROUTES: readonly DocumentedRoute[] = [...Object.keys(OPERATIONS).filter(isRoute), "GET /console"];

/** Where docs/api.md says more of each route. */
const LINKS: Readonly<Record<DocumentedRoute, string>> = {
  "POST /prewarm": "#post-prewarm-start",
  "GET /prewarm": "#get-prewarm-progress",
  "GET /summary": "#get-summary-what-failed",
  "GET /requests": "#get-requests-all-of-them",
  "POST /instances": "#post-instances-more-fewer-stop",
  "GET /instances": "#get-instances-how-many",
  "GET /pops": "#get-pops-the-catalogue",
  "GET /settings": "#get-settings-the-deployment",
  "GET /openapi.json": "#openapi-and-postman",
  "GET /console": "console.md",
};

/** The same of docs/zh/api.md, and what each route does. */
const CHINESE: Readonly<Record<DocumentedRoute, readonly [link: string, does: string]>> = {
  "POST /prewarm": ["#post-prewarm发起预热", "发起预热请求"],
  "GET /prewarm": ["#get-prewarm查看进度", "查看进度"],
  "GET /summary": ["#get-summary查看失败", "结束后查看哪些失败"],
  "GET /requests": ["#get-requests全部预热请求", "列出全部预热请求，最新的在前"],
  "POST /instances": ["#post-instances增加减少停止", "设置实例数；停止预热请求"],
  "GET /instances": ["#get-instances实例数", "查看实例数"],
  "GET /pops": ["#get-popspop-目录", "列出 Prewarm 已知的 POP"],
  "GET /settings": ["#get-settings部署信息", "查看部署及其上限"],
  "GET /openapi.json": ["#openapi-与-postman", "为程序描述所有路由"],
  "GET /console": ["../console.md", "供人使用的页面；唯一不需要密钥的路由"],
};

export function routesTable(): string {
  const does = (route: DocumentedRoute) =>
    isRoute(route) ? OPERATIONS[route].summary : "Is a page for people; the only route without a key";
  return table(
    ["route", "what it does"],
    ROUTES.map((route) => [`[${route}](${LINKS[route]})`, does(route)]),
  );
}

export function routesTableInChinese(): string {
  return table(
    ["路由", "作用"],
    ROUTES.map((route) => {
      const [link, does] = CHINESE[route];
      return [`[${route}](${link})`, does];
    }),
  );
}

import type { Language } from "../../domain/format.ts";

/** What domain/net/urls.ts says of a URL, in Chinese. */
const ZH: readonly (readonly [RegExp, string])[] = [
  [/^is not an absolute URL$/, "不是绝对 URL：必须以 https:// 或 http:// 开头"],
  [/^has the scheme (.+)$/, "协议为 $1，只支持 http 和 https"],
  [/^has the port (\d+);.*$/, "端口为 $1；CloudFront 仅在 80 端口（http）和 443 端口（https）提供服务"],
  [/^has a user name or password$/, "含有用户名或密码"],
  [/^has a host that is too long$/, "域名过长"],
  [/^has a control character$/, "含有控制字符"],
  [/^has a character that is not valid in Unicode$/, "含有无效的 Unicode 字符"],
  [/^is longer than (\d+) characters$/, "超过 $1 个字符"],
];

export function problemIn(problem: string, language: Language): string {
  if (language === "en")
    return problem.replace(/^is not an absolute URL$/, "$&: it must begin with https:// or http://");
  const known = ZH.find(([pattern]) => pattern.test(problem));
  return known === undefined ? problem : problem.replace(...known);
}

import { CommandError } from "../../../cli/command-error.ts";
import { Account, type CloudFront, findRunDistributions } from "../../../cli/direct/account.ts";
import { AliasUnclearError, DnsLookupError } from "../../../domain/net/resolver.ts";
import type { AccountDistribution } from "../../../domain/request/distributions.ts";
import { plainSettings } from "../../lambdas/fakes/services.ts";

const HOST = "www.example.com";
const OWN: AccountDistribution = { id: "E1", domain: "d1.cloudfront.net", aliases: [HOST] };

/** @param names CNAMEs of the DNS; an error is what it answers. @param own of the account, or why it cannot be asked */
function discovery(names: Readonly<Record<string, string | Error>>, own: readonly AccountDistribution[] | Error) {
  const asked = vi.fn(async () => {
    if (own instanceof Error) throw own;
    return [...own];
  });
  const alias = async (name: string) => {
    const answer = names[name];
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const find = (naming: { cfDomain?: string; needsIds?: boolean; hosts?: string[] } = {}) =>
    findRunDistributions(
      { cfDomain: naming.cfDomain, hosts: naming.hosts ?? [HOST], needsIds: naming.needsIds ?? false },
      { dns: { alias }, account: { listFor: asked } },
    );
  return { find, asked };
}

const NO_CREDENTIALS = new CommandError("no AWS credentials found in the environment", "");
const UNCLEAR = new AliasUnclearError(HOST, new DnsLookupError(HOST, "ETIMEOUT", []));

test("cf_domain, or a CNAME, is enough: the account is not asked", async () => {
  const { find, asked } = discovery({ [HOST]: "d2.cloudfront.net." }, [OWN]);
  expect((await find()).distributions).toEqual([{ label: "d2", names: [], hosts: [HOST] }]);
  expect((await find({ cfDomain: "d3.cloudfront.net" })).distributions).toMatchObject([{ label: "d3" }]);
  expect(asked).not.toHaveBeenCalled();
});

test.each([
  ["shows no CNAME", {}],
  ["does not answer", { [HOST]: UNCLEAR }],
])("where the DNS %s, the account's distributions are looked through", async (_, names) => {
  const { find } = discovery(names, [OWN]);
  expect((await find()).distributions).toMatchObject([{ label: "d1", id: "E1", hosts: [HOST] }]);
  expect((await find({ cfDomain: HOST })).distributions).toMatchObject([{ label: "d1", id: "E1" }]);
});

test("a name of the account under which nothing is served is no name to look up in the DNS", async () => {
  const { find } = discovery({}, [{ id: "cg_1", domain: HOST, aliases: [], unserved: "connection group" }]);
  await expect(find({ cfDomain: HOST })).rejects.toThrow(/^cf_domain: .*routing endpoint of the connection group cg_1/);
  expect((await find()).refused.get(HOST)).toContain("connection group cg_1");
});

test("what can be invalidated is asked of the account at once", async () => {
  const { find, asked } = discovery({ [HOST]: "d1.cloudfront.net" }, [OWN]);
  expect((await find({ needsIds: true })).distributions).toMatchObject([{ id: "E1" }]);
  expect(asked).toHaveBeenCalledOnce();
  await expect(discovery({}, NO_CREDENTIALS).find({ needsIds: true })).rejects.toBe(NO_CREDENTIALS);
});

test.each<[string, readonly AccountDistribution[] | Error, string]>([
  ["the account has none", [], "no distribution of this account has this domain name"],
  ["there are no credentials", NO_CREDENTIALS, "no AWS credentials found in the environment"],
])("where %s, one sentence says how to find the domain", async (_, own, why) => {
  const { find } = discovery({ "b.example.com": "d2.cloudfront.net" }, own);
  const sentence =
    "name the distribution's own domain with --cf-domain, such as d111111abcdef8.cloudfront.net: " +
    `DNS has no CNAME from ${HOST} to *.cloudfront.net (a Route 53 alias record has none), and ${why}`;
  const found = await find({ hosts: [HOST, "b.example.com"] });
  expect(found.distributions).toMatchObject([{ label: "d2", hosts: ["b.example.com"] }]);
  expect([...found.refused]).toEqual([[HOST, sentence]]);
  await expect(find({ cfDomain: HOST })).rejects.toThrow(`cf_domain: ${sentence}`);
});

test.each<[string, Record<string, string>, string]>([
  ["a host", {}, `${HOST} does not exist in DNS (ENOTFOUND)`],
  [
    "what a host is an alias of",
    { [HOST]: "gone.example.com" },
    `gone.example.com does not exist in DNS (ENOTFOUND) (${HOST} is an alias of it)`,
  ],
])("%s that does not exist is called that", async (_, names, missing) => {
  const gone = names[HOST] ?? HOST;
  const { find } = discovery({ ...names, [gone]: new DnsLookupError(gone, "ENOTFOUND", []) }, NO_CREDENTIALS);
  const sentence = (await find()).refused.get(HOST) ?? "";
  expect(sentence).toMatch(/: correct the host name, or name .* --cf-domain, .*; no AWS credentials found/);
  expect(sentence.startsWith(`${missing}: `)).toBe(true);
  // An example of a failure has so much room.
  expect(sentence.length).toBeLessThanOrEqual(300);
});

test("what is not answered stays unclear; a fault of the account's client is one", async () => {
  await expect(discovery({ [HOST]: UNCLEAR }, []).find()).rejects.toBe(UNCLEAR);
  await expect(discovery({ [HOST]: new Error("odd") }, []).find()).rejects.toThrow("odd");
  await expect(discovery({}, new Error("odd")).find()).rejects.toThrow("odd");
});

test("the SDK is loaded once, when it is asked; its errors say what to do", async () => {
  const cloudFront: CloudFront = {
    listFor: vi.fn(async () => [OWN]),
    settings: async () => plainSettings(),
    hasCredentials: async () => true,
    invalidate: async () => ({ id: "I1" }),
    isInvalidated: async () => {
      throw Object.assign(new Error("not allowed"), { name: "AccessDenied" });
    },
  };
  const load = vi.fn(async () => cloudFront);
  const account = new Account(load);
  expect(load).not.toHaveBeenCalled();
  expect([await account.listFor([]), await account.listFor([])]).toEqual([[OWN], [OWN]]);
  expect(await account.invalidate("E1", "r", ["/a"])).toEqual({ id: "I1" });
  await expect(account.isInvalidated("E1", "I1")).rejects.toMatchObject({
    message: "CloudFront request failed (AccessDenied: not allowed)",
    next: expect.stringContaining("aws sts get-caller-identity"),
  });
  expect(load).toHaveBeenCalledOnce();
  expect(cloudFront.listFor).toHaveBeenCalledTimes(2);
  const refused = () => Promise.reject(new Error("Could not load credentials from any providers"));
  const none = new Account(async () => ({ ...cloudFront, listFor: refused }));
  await expect(none.listFor([])).rejects.toThrow("no AWS credentials found in the environment");
});

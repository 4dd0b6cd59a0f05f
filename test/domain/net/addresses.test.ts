import {
  AddressRefusedError,
  addressProblem,
  allowPrivateAddressesSchema,
  checkAddresses,
} from "../../../domain/net/addresses.ts";

it.each([
  ["unspecified", ["0.0.0.0", "0.1.2.3", "::"]],
  ["loopback", ["127.0.0.1", "127.77.0.1", "127.255.255.255", "::1"]],
  ["link-local", ["169.254.0.0", "169.254.255.255", "fe80::1", "fe80::1%eth0", "febf::1"]],
  ["metadata", ["169.254.169.254", "169.254.170.2", "168.63.129.16", "fd00:ec2::254"]],
  ["private", ["10.0.0.0", "10.255.255.255", "172.16.0.0", "172.31.255.255", "192.168.0.1", "192.168.255.255"]],
  ["carrier's NAT", ["100.64.0.0", "100.127.255.255"]],
  ["unique local", ["fc00::1", "fdff:ffff::1"]],
  ["multicast", ["224.0.0.1", "239.255.255.255", "ff02::1"]],
  ["reserved", ["192.0.0.8", "198.18.0.1", "198.19.255.255", "240.0.0.1", "255.255.255.255"]],
  ["IPv4 in IPv6's dress", ["::ffff:10.0.0.1", "::ffff:7f00:1", "::127.0.0.1", "64:ff9b::a9fe:a9fe"]],
  ["any of IPv6, because names are resolved to IPv4", ["2600:9000:21e5::1", "2001:4860:4860::8888", "3fff::1"]],
])("an address that is refused: %s", (_, addresses) => {
  for (const address of addresses) {
    expect(addressProblem(address, false)).toBe(`${address} is a private or reserved address, which is refused`);
    expect(addressProblem(address, true)).toBeUndefined();
  }
});

it.each([
  "",
  "localhost",
  "d1.cloudfront.net",
  "127.1",
  "0x7f000001",
  "2130706433",
  "010.0.0.1",
  "1.2.3.4:80",
  "[::1]",
])("an address that is refused: %j, which is none, even where private ones are allowed", (text) => {
  for (const allowed of [true, false]) expect(addressProblem(text, allowed)).toBe(`'${text}' is not an IP address`);
});

it.each([
  ...["1.1.1.1", "9.255.255.255", "11.0.0.0", "13.32.1.9", "100.63.255.255", "100.128.0.0", "126.255.255.255"],
  ...["128.0.0.0", "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.167.255.255", "192.169.0.0"],
  ...["198.17.255.255", "198.20.0.0", "223.255.255.255"],
])("an address that may be connected to: %s", (address) => expect(addressProblem(address, false)).toBeUndefined());

it("one bad address among good ones spoils them all, and is named with whose it is", () => {
  const check = () => checkAddresses("d1.cloudfront.net", ["13.32.1.9", "10.0.0.1"], false);
  expect(check).toThrow(AddressRefusedError);
  expect(check).toThrow("d1.cloudfront.net: 10.0.0.1 is a private or reserved address, which is refused");
  checkAddresses("d1.cloudfront.net", ["13.32.1.9", "10.0.0.1"], true);
  checkAddresses("d1.cloudfront.net", [], false);
});

it.each([
  [undefined, false],
  ["false", false],
  ["0", false],
  ["true", true],
  ["1", true],
])("PREWARM_ALLOW_PRIVATE_ADDRESSES=%s means %s", (text, allowed) =>
  expect(allowPrivateAddressesSchema.parse(text)).toBe(allowed),
);

it("PREWARM_ALLOW_PRIVATE_ADDRESSES that is neither is a fault, not a yes", () =>
  expect(allowPrivateAddressesSchema.safeParse("perhaps").success).toBe(false));

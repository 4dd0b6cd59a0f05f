import { WISHES } from "./page-calls.ts";

/**
 * The HTML of a foreign page. It makes no-cors calls, preflighted calls, forms, images and WebSockets, to each address of
 * the target, and posts to its own site how much it tried and what it could read.
 */
export function page(targets: readonly string[]): string {
  return `<!doctype html><title>foreign</title><body><script type="module">
const wishes = ${JSON.stringify(WISHES)}, targets = ${JSON.stringify(targets)}, read = [];
let tried = 0;
const attempt = async (name, work) => { tried++; try { if (await work()) read.push(name); } catch {} };
const withBody = ({ method, body }) => (method === "GET" ? {} : { body });
for (const target of targets) for (const wish of wishes) {
  const url = target + wish.path, { method } = wish;
  for (const mode of ["no-cors", "cors"]) await attempt(mode + " " + url, async () => {
    const answer = await fetch(url, { method, mode, headers: { "content-type": "text/plain" }, ...withBody(wish) });
    return answer.type !== "opaque";
  });
  await attempt("signed " + url, async () => {
    const headers = { authorization: "AWS4-HMAC-SHA256 Credential=000000000000/20260101/us-east-1/lambda/aws4_request" };
    return (await fetch(url, { method, headers, ...withBody(wish) })).ok;
  });
  if (method === "POST") await attempt("beacon " + url, () => void navigator.sendBeacon(url, wish.body));
  if (method === "POST") await attempt("form " + url, () => new Promise((resolve) => {
    const frame = Object.assign(document.createElement("iframe"), { name: "frame" + tried });
    const form = Object.assign(document.createElement("form"), { action: url, method, enctype: "text/plain", target: frame.name });
    const at = wish.body.indexOf(":") + 1;
    const field = Object.assign(document.createElement("input"), { name: wish.body.slice(0, at) + '"', value: '",' + wish.body.slice(at) });
    form.append(field); document.body.append(frame, form);
    frame.onload = () => { let seen = false; try { seen = frame.contentDocument !== null && frame.contentDocument.URL !== "about:blank"; } catch {} resolve(seen); };
    setTimeout(() => resolve(false), 1000); form.submit();
  }));
  if (method === "GET") await attempt("image " + url, () => new Promise((resolve) => {
    const image = new Image(); image.onload = () => resolve(true); image.onerror = () => resolve(false); image.src = url;
  }));
  if (method === "GET") await attempt("socket " + url, () => new Promise((resolve) => {
    const socket = new WebSocket(url.replace("http", "ws")); socket.onopen = () => resolve(true); socket.onerror = () => resolve(false);
  }));
}
const version = navigator.userAgent.match(/(Headless)?Chrome\\/[\\d.]+/)?.[0] ?? navigator.userAgent;
await fetch("/", { method: "POST", body: JSON.stringify({ tried, read, version }) });
</script>`;
}

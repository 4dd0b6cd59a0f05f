/**
 * The header of a call to the emulator that no SDK signs. The front and the emulator look at its access key id alone, so
 * there is no signature in it.
 */
export function authorization(
  aws: { readonly env: NodeJS.ProcessEnv; readonly region: string },
  service: string,
): string {
  const credential = `${aws.env["AWS_ACCESS_KEY_ID"]}/20260101/${aws.region}/${service}/aws4_request`;
  return `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=none`;
}

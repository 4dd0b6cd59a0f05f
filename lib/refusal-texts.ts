/** What API Gateway says when it refuses a call itself. The local run's stand-in for it says the same. */
export const NO_KEY = "No valid API key: send it in the header x-api-key";
export const TOO_LARGE =
  "The body is too large: API Gateway takes 10 MB, Lambda 6 MB with every quote escaped; split the URLs over several requests";

/** Bounds of a request and of a message. `npm run gen docs` writes those of a request into docs/api.md. */
export const MAX_INSTANCES = 300;
export const MAX_TIMEOUT_MINUTES = 10_080;
/** What command and console send if the caller does not say: the API wants both fields. */
export const DEFAULT_INSTANCES = 1;
export const DEFAULT_TIMEOUT_MINUTES = 30;
export const MAX_URLS = 60_000;
/** CloudFront refuses longer ones: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html */
export const MAX_URL_LENGTH = 8_192;
/** Different hosts of a request without cf_domain. Each is looked up; more of them are most likely the wrong URLs. */
export const MAX_HOSTS = 20;
/**
 * How long an agent waits for the first byte of an answer, by default. CloudFront tries a slow origin three
 * times, for 30 s each by default, before it answers 504:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesOrigin.html
 */
export const FIRST_BYTE_SECONDS = 120;
/** The longest response timeout that an origin can have at CloudFront: https://repost.aws/knowledge-center/cloudfront-custom-origin-response */
export const MAX_FIRST_BYTE_SECONDS = 180;
/**
 * Wait before a URL is requested again after an error. CloudFront caches errors for ten seconds by default.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/custom-error-pages-expiration.html
 */
export const ERROR_CACHING_SECONDS = 11;
/**
 * A task that is tried again later waits no longer: SQS delays no message by more.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-delay-queues.html
 */
export const MAX_DEFERRAL_SECONDS = 900;
/** Different names in each of pops, countries and regions: more than there are POPs, countries or regions. */
export const MAX_NAMES = 1_000;
export const MAX_HEADERS = 50;
export const MAX_HEADER_LENGTH = 8_192;
/** All headers together, those of the variants with them: they travel in every task message. */
export const MAX_HEADER_BYTES = 8_192;
/** Forms of each object. URLs times variants are at most {@link MAX_URLS}. */
export const MAX_VARIANTS = 8;
export const MAX_VARIANT_NAME_LENGTH = 32;
/** What all instances together may ask of an origin. More is no limit. */
export const MAX_REQUESTS_PER_SECOND = 10_000;
export const MAX_ORIGIN_CONCURRENCY = 10_000;
/**
 * Of an answer's head, with all its headers. What is longer is refused, by Get Size and by the agents alike. CloudFront takes
 * 20,480 bytes from an origin: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
 */
export const MAX_ANSWER_HEAD_BYTES = 65_536;
/** Tasks are put into one message up to this size, so that ten of them stay within SQS's older bound of 256 KiB a batch. */
export const MAX_MESSAGE_BYTES = 25_000;
/** How often a task message may be received before SQS moves it to the dead-letter queue. */
export const MAX_RECEIVES = 5;
/** A cache check requests objects of up to this many bytes whole, and of others the first byte: a check should cost little. */
export const MAX_WHOLE_CHECK_BYTES = 65_536;
/** Paths and tags of one request's `invalidate`. Its item has them, and is written again and again. */
export const MAX_INVALIDATE_ENTRIES = 500;
export const MAX_INVALIDATE_CHARACTERS = 32_000;
/**
 * Wildcards that a distribution may have in progress, those of others included. More would wait for each other, and a shorter beginning
 * costs less: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/InvalidationLimits.html
 */
export const MAX_WILDCARDS = 15;
/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/invalidation-specifying-tags.html */
export const MAX_TAG_LENGTH = 256;
/** Sources of one request. */
export const MAX_SOURCES = 20;
/** Further hosts of a source: the item of a request has 400 KB. */
export const MAX_SOURCE_HOSTS = 10;
/** CloudFront caches no larger object: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html */
export const MAX_OBJECT_BYTES = 50 * 2 ** 30;

/**
 * Answers of so many bytes are compressed for who accepts it: the console's script, long lists. Shorter ones never, so that a
 * `curl` with an Accept-Encoding header and without --compressed still shows what it got. The local run does the same.
 */
export const COMPRESSED_FROM_BYTES = 16_384;

/**
 * Graviton types: first those with much network, then broad fallbacks, of several sizes and generations so that Spot has
 * a choice in every region. The order does not matter.
 */
export const DEFAULT_INSTANCE_TYPES: readonly string[] = ["c8gn", "c7gn", "c6gn"]
  .flatMap((family) => [`${family}.medium`, `${family}.large`, `${family}.xlarge`])
  .concat(["c8g", "c7g", "c6g", "m8g", "m7g"].flatMap((family) => [`${family}.large`, `${family}.xlarge`]));

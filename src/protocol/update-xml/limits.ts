/** What a reader takes from a stranger before it refuses. */
export interface ReadLimits {
  /** Bytes of the input, or UTF-16 units of a string. */
  readonly maxLength: number;
  /** Elements that are open at the same time. */
  readonly maxDepth: number;
  /** Attributes of one element. */
  readonly maxAttributes: number;
  /** Elements outside of `ApplicabilityRules`: properties, texts, relationships, files. */
  readonly maxElements: number;
}

/**
 * Room for the largest documents of cumulative updates (over 40 million characters of package manifest, also as UTF-16) and for the
 * file lists of feature updates.
 */
export const DEFAULT_LIMITS: ReadLimits = {
  maxLength: 2 ** 27,
  maxDepth: 128,
  maxAttributes: 256,
  maxElements: 200_000,
};

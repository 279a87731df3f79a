import type { DirectoryRows } from '#server/facts/directory.ts';

/** A directory without anything; tests put in what they need. */
export const NO_ROWS: DirectoryRows = {
  customers: [],
  plans: [],
  regions: [],
  formerTokens: [],
  calendars: { freezes: [], oneOff: [] },
  rolloutPlans: [],
  readinessPolicies: [],
};

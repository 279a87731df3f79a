/**
 * An update whose installation is reported as done this often within this time, by events that say so ([MS-WUSP] 2.2.2.3: 183, 190 and
 * 197), and that comes back each time, is in a loop: it waits for a person. Definitions have another update for each version.
 */
export const LOOP = { times: 3, within: { hours: 24 * 7 }, eventIds: [183, 190, 197] } as const;

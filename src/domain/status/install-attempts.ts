/**
 * How attempts to install an update end, by the events that say so ([MS-WUSP] 2.2.2.3). An installation that waits for a restart has not
 * ended; 203, processing after the restart, went well or not as its HRESULT says.
 */
export const ATTEMPTS = {
  wentWell: [183, 190, 197, 203],
  failed: [182, 187, 192, 195, 198, 200, 203, 204],
} as const;

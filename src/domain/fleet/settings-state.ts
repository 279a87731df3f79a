/** Whether a server's Windows Update settings are those that its plan asks for now. */
export type SettingsState = 'current' | 'outdated' | 'unknown';

/**
 * How a server's settings stand: `outdated` when what it last reported is not what it should have, as after a change of plan on a server
 * without the settings task, which then must be enrolled anew. `unknown` as long as it reported nothing, or nothing is asked for.
 */
export function settingsState(expected: string | undefined, reported: string | null): SettingsState {
  if (expected === undefined || reported === null) return 'unknown';
  return expected === reported ? 'current' : 'outdated';
}

import type { ServerUpdate, Why } from '../api/endpoints.ts';
import type { StateColour } from '../parts/state.tsx';

type AgentState = ServerUpdate['state'] | Why['reported']['state'];

/** What the agent said of an update, for people. */
export const UPDATE_STATES: Readonly<Record<AgentState, { readonly words: string; readonly colour: StateColour }>> = {
  failed: { words: 'Failed', colour: 'failed' },
  'pending-restart': { words: 'Restart pending', colour: 'pending-restart' },
  needed: { words: 'Needed', colour: 'not-compliant' },
  downloaded: { words: 'Downloaded', colour: 'information' },
  installed: { words: 'Installed', colour: 'compliant' },
  'not-applicable': { words: 'Not applicable', colour: 'unknown' },
  unknown: { words: 'Not reported', colour: 'unknown' },
};

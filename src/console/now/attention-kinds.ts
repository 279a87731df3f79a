import type { Attention, Compliance } from '../api/endpoints.ts';
import type { StateColour } from '../parts/state.tsx';

/** How one kind of attention is shown: how much it presses, which servers to list, and the command that goes on from here. */
interface AttentionKind {
  readonly title: string;
  readonly colour: StateColour;
  readonly list?: { readonly compliance: Compliance };
  readonly command?: string;
}

export const ATTENTION_KINDS: Readonly<Record<Attention['kind'], AttentionKind>> = {
  braked: { title: 'Brake in force', colour: 'failed' },
  failed: { title: 'Failed installations', colour: 'failed', list: { compliance: 'failed' } },
  'pending-restart': { title: 'Restarts pending', colour: 'pending-restart', list: { compliance: 'pending-restart' } },
  review: {
    title: 'Updates to review',
    colour: 'not-compliant',
    command: 'bin/second-tuesday catalogue list --verdict review',
  },
  'campaign-stopped': {
    title: 'Campaigns stopped',
    colour: 'failed',
    command: 'bin/second-tuesday campaigns show NAME',
  },
  'gate-asks': {
    title: 'Gates that ask',
    colour: 'not-compliant',
    command: 'bin/second-tuesday campaigns show NAME',
  },
  'second-person': { title: 'Another person has to approve', colour: 'information' },
  'connection-failed': { title: 'Connections that failed', colour: 'failed' },
  unassigned: {
    title: 'Servers of no customer',
    colour: 'not-compliant',
    command: 'bin/second-tuesday servers change SERVER --customer NAME',
  },
  'no-plan': {
    title: 'Servers without a plan',
    colour: 'not-compliant',
    command: 'bin/second-tuesday customers change NAME --plan default',
  },
  silent: { title: 'Silent servers', colour: 'not-compliant' },
  clones: { title: 'Clones', colour: 'not-compliant' },
  paused: { title: 'Pauses in force', colour: 'information' },
  'settings-outdated': { title: 'Settings that servers have not taken yet', colour: 'information' },
  'catalogue-stale': {
    title: 'Catalogue out of date',
    colour: 'not-compliant',
    command: 'bin/second-tuesday import FOLDER',
  },
};

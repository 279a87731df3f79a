import type { ReactNode } from 'react';
import type { Compliance } from '../api/endpoints.ts';
import { State } from './state.tsx';

/** From good to bad; what is not known comes last. */
export const COMPLIANCES: readonly Compliance[] = [
  'compliant',
  'pending-restart',
  'not-compliant',
  'failed',
  'unknown',
];

export const COMPLIANCE_WORDS: Readonly<Record<Compliance, { readonly words: string; readonly sign: string }>> = {
  compliant: { words: 'Compliant', sign: '✓' },
  'pending-restart': { words: 'Restart pending', sign: '↻' },
  'not-compliant': { words: 'Not compliant', sign: '!' },
  failed: { words: 'Failed', sign: '✕' },
  unknown: { words: 'Unknown', sign: '?' },
};

export function ComplianceState({ compliance }: { readonly compliance: Compliance }): ReactNode {
  const { words, sign } = COMPLIANCE_WORDS[compliance];
  return (
    <State colour={compliance} sign={sign}>
      {words}
    </State>
  );
}

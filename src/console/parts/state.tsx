import type { ReactNode } from 'react';

/** The colours of states, as `console.css` has them for both themes; charts use the same. */
export type StateColour = 'compliant' | 'pending-restart' | 'not-compliant' | 'failed' | 'unknown' | 'information';

interface StateProps {
  readonly colour: StateColour;
  /** Says the same as the colour, for those who cannot tell colours apart. */
  readonly sign?: string;
  readonly children: ReactNode;
}

/** A state in a word or two. */
export function State({ colour, sign, children }: StateProps): ReactNode {
  return (
    <span className="state number" style={{ '--st-state': `var(--st-${colour})` }}>
      {sign && <span aria-hidden>{sign}</span>}
      {children}
    </span>
  );
}

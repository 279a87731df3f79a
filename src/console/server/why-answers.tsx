import type { ReactNode } from 'react';
import type { Why } from '../api/endpoints.ts';
import { dateTime } from '../parts/time.ts';
import { When } from '../parts/when.tsx';
import classes from './why-panel.module.css';

type Answer = Why['answers'][number];
type Reason = Answer['reasons'][number];

const QUESTION_WORDS: Readonly<Record<string, string>> = {
  catalogue: 'Catalogue',
  approval: 'Approval',
  'licence-payload': 'Licence, payload',
  exception: 'Exception, pause',
  mode: 'Mode',
  emergency: 'Emergency',
  release: 'Release',
  wave: 'Wave',
  readiness: 'Readiness',
  window: 'Window',
};

interface WhyAnswersProps {
  readonly answers: readonly Answer[];
  readonly zone: string;
}

/** Every question in the order in which it is asked; those that hold the update name their coded reasons. */
export function WhyAnswers({ answers, zone }: WhyAnswersProps): ReactNode {
  return (
    <ol className={classes.answers}>
      {answers.map(({ question, held, text, reasons }) => (
        <li key={question} className={`${classes.answer} ${held ? classes.held : classes.passed}`}>
          <span className={classes.sign} role="img" aria-label={held ? 'holds it' : 'lets it pass'}>
            {held ? '✕' : '✓'}
          </span>
          <span className={classes.question}>{QUESTION_WORDS[question] ?? question}</span>
          {held ? <Reasons reasons={reasons} zone={zone} /> : <span>{text}</span>}
        </li>
      ))}
    </ol>
  );
}

function Reasons({ reasons, zone }: { readonly reasons: readonly Reason[]; readonly zone: string }): ReactNode {
  return (
    <div>
      {reasons.map(({ code, text, subject, until }) => (
        <div key={`${code} ${subject}`}>
          <div>{text}</div>
          <div className={classes.code}>
            {code}
            {subject && ` · ${subject}`}
          </div>
          {until && (
            <div>
              until {dateTime(until, zone)} (<When at={until} zone={zone} />)
            </div>
          )}
        </div>
      ))}
    </div>
  );
}

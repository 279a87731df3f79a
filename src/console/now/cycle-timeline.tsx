import type { ReactNode } from 'react';
import type { Now } from '../api/endpoints.ts';
import { dateTime, shortDate, viewersZone } from '../parts/time.ts';
import classes from './cycle-timeline.module.css';
import { percentOf, standing } from './cycle-words.ts';

type Cycle = Now['cycle'];
type Week = Cycle['weeks'][number];

const WEEK_WORDS: Readonly<Record<Week['name'], string>> = {
  early: 'Early week',
  default: 'Default week',
  delayed: 'Delayed week',
  fourth: 'Fourth week',
};
const BAND = { top: 22, height: 18 } as const;
const NAMES = BAND.top + BAND.height + 17;
const DATES = NAMES + 16;
const HEIGHT = DATES + 4;

/** The release weeks from this Patch Tuesday to the next one, and where we are. Widths are shares, so it fits any screen. */
export function CycleTimeline({ cycle, at }: { readonly cycle: Cycle; readonly at: string }): ReactNode {
  const zone = viewersZone();
  const place = (instant: string): number => percentOf(instant, cycle.patchTuesday, cycle.nextPatchTuesday);
  const now = place(at);
  const label = `Cycle ${cycle.name}: ${standing(cycle.weeks, Date.parse(at))}`;
  return (
    <svg className={classes.timeline} height={HEIGHT} role="img" aria-label={label}>
      <rect className={classes.track} x="0" y={BAND.top} width="100%" height={BAND.height} rx="3" />
      {cycle.weeks.map((week) => (
        <WeekBand key={week.name} week={week} from={place(week.start)} to={place(week.end)} zone={zone} />
      ))}
      <text className={classes.date} x="100%" y={DATES} textAnchor="end">
        {shortDate(cycle.nextPatchTuesday, zone)}
      </text>
      <line className={classes.now} x1={`${now}%`} x2={`${now}%`} y1={BAND.top - 5} y2={BAND.top + BAND.height + 5} />
      <text className={classes.nowText} x={`${now}%`} y={BAND.top - 9} textAnchor={anchorAt(now)}>
        {dateTime(at, zone)}
      </text>
    </svg>
  );
}

interface WeekBandProps {
  readonly week: Week;
  readonly from: number;
  readonly to: number;
  readonly zone: string;
}

function WeekBand({ week: { name, start, end }, from, to, zone }: WeekBandProps): ReactNode {
  const exact = `${dateTime(start, 'UTC')} to ${dateTime(end, 'UTC')} UTC; in each server's own zone it is shifted by hours`;
  return (
    <g className={classes[name]}>
      <title>{`${WEEK_WORDS[name]}: ${exact}`}</title>
      <rect x={`${from}%`} y={BAND.top} width={`${to - from}%`} height={BAND.height} />
      <text x={`${from}%`} y={NAMES}>
        {WEEK_WORDS[name]}
      </text>
      <text className={classes.date} x={`${from}%`} y={DATES}>
        from {shortDate(start, zone)}
      </text>
    </g>
  );
}

/** Text at an edge stays inside. */
function anchorAt(percent: number): 'start' | 'middle' | 'end' {
  if (percent < 10) return 'start';
  return percent > 90 ? 'end' : 'middle';
}

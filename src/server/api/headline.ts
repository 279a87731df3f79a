import type { EndpointResult } from '#contract/endpoint.ts';
import type { why } from '#contract/endpoints/decision.ts';
import { wallTime } from '#domain/calendar/wall-time.ts';
import type { Decision } from '#domain/decide/decision.ts';

type Reported = EndpointResult<typeof why>['reported'];

/** The answer to "why (not)" in one sentence: what the agent says first, then what is decided. Times are the server's own. */
export function headline(
  decision: Decision,
  reported: Reported,
  zone: string,
  statusAt: Temporal.Instant | undefined,
): string {
  const on = (at: string | undefined): string => (at ? ` on ${localTime(Temporal.Instant.from(at), zone)}` : '');
  const heard = statusAt ? `, as the server reported${on(statusAt.toString())}` : '';
  const { state, since, result } = reported;
  switch (state) {
    case 'installed':
      return since || statusAt ? `Installed${on(since)}${reported.provisional ? '' : heard}.` : 'Installed.';
    case 'pending-restart':
      return `Installed${on(since)}; a restart is still to come.`;
    case 'failed':
      return `Failed${on(since)}${result ? ` with ${result}` : ''}. ${decided(decision, zone)}`;
    case 'not-applicable':
      return `Not applicable to this server${heard}.`;
    default:
      return decided(decision, zone);
  }
}

function decided(decision: Decision, zone: string): string {
  if (!decision.offered) {
    const [first, ...others] = decision.reasons;
    const more = others.length > 0 ? ` (${others.length} more below)` : '';
    const until = decision.until ? ` until ${localTime(decision.until, zone)}` : '';
    return `Held${until}: ${first.text.replace(/\.$/, '')}${more}.`;
  }
  const { window, phase } = decision;
  if (!window) return 'Offered at each scan, at any hour.';
  const span = `${localTime(window.start, zone, false)} to ${localTime(window.end, zone)}`;
  switch (phase) {
    case 'window':
      return `Offered: a server that asks now installs it in the window ${span}.`;
    case 'catch-up':
      return `Offered: the server was away over its window ${span} and catches up now.`;
    default:
      return decision.deadline
        ? `Offered ahead of its window ${span}: it needs no restart and goes in now.`
        : `Offered ahead of its window: the server downloads it now and installs it in ${span}.`;
  }
}

/** `2023-10-22 02:00 (Europe/London)`. */
function localTime(at: Temporal.Instant, zone: string, withZone = true): string {
  const local = wallTime(at, zone);
  return withZone ? `${local} (${zone})` : local;
}

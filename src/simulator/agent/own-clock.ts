import type { AgentContext } from './agent-context.ts';

/** What a server's own clock shows at an instant. */
export function ownTime({ habits }: AgentContext, at: Temporal.Instant): Temporal.Instant {
  return habits.clockSkew === 0 ? at : at.add({ minutes: habits.clockSkew });
}

/** The instant at which a server's own clock shows a time. */
export function whenShown({ habits }: AgentContext, own: Temporal.Instant): Temporal.Instant {
  return habits.clockSkew === 0 ? own : own.subtract({ minutes: habits.clockSkew });
}

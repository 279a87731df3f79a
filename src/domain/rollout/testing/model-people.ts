import type { ModelCampaign } from '#domain/rollout/testing/model-campaigns.ts';
import { DAY, instantOf, type Minute, minuteOf } from '#domain/rollout/testing/model-time.ts';
import type { World } from '#domain/rollout/testing/model-year.ts';

/** What people do about a campaign: owners say how it works, and, where somebody looks after it, what stopped is resumed, days later. */
export function actPeople(world: World, one: ModelCampaign, at: Minute): void {
  speak(world, one, at);
  if (!world.fleet.attended) return;
  const { campaign, go, members } = one;
  for (const [wave, { state, openedAt }] of campaign.waves.entries()) {
    if (state === 'open' && openedAt && at - minuteOf(openedAt) > DAY) go.add(`wave ${wave}`);
  }
  for (const week of campaign.weeks.keys()) if (at - minuteOf(campaign.openedAt) > DAY) go.add(`week ${week}`);
  if (campaign.state === 'stopped' && campaign.stopped && at - minuteOf(campaign.stopped.at) > 3 * DAY) {
    const { stopped: _, ...rest } = campaign;
    one.campaign = { ...rest, state: one.beforeStop };
  }
  for (const member of members.values()) {
    if (member.state === 'failed' && at - (member.failedAt ?? at) > 7 * DAY) member.state = 'waiting';
  }
}

/** An owner speaks once, a day after the first of their servers in an open wave was verified; one who doubts then takes a week. */
function speak({ fleet, random }: World, { campaign, members, tests }: ModelCampaign, at: Minute): void {
  for (const [wave, { state }] of campaign.waves.entries()) {
    if (state !== 'open') continue;
    for (const [owner, kind] of fleet.owners) {
      const last = tests.findLast((test) => test.owner === owner && test.wave === wave);
      if (kind === 'silent' || (last && (last.result !== 'cannot-tell' || at - minuteOf(last.at) < 7 * DAY))) continue;
      const own = [...members.values()].filter((member) => member.record.server.inventory.owner?.name === owner);
      const isInstalled = own.some(
        (member) => member.wave === wave && member.state === 'verified' && at - (member.record.restartedAt ?? at) > DAY,
      );
      // An owner whose servers need nothing has nothing against it.
      if (!isInstalled && !own.some((member) => member.wave === wave && member.state === 'not-needed')) continue;
      const doubts = kind === 'doubts' && !last;
      const result = doubts ? 'cannot-tell' : kind === 'says-no' && random.between(0, 4) === 0 ? 'did-not' : 'worked';
      tests.push({ owner, wave, result, at: instantOf(at) });
    }
  }
}
